/** A server with a certificate that no authority of this computer knows. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { makeCertificate } from '../hostile/certificates.ts';
import { copyOfData, freePort, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

async function certificateFiles(): Promise<{
  certificateFile: string;
  keyFile: string;
  fingerprint: string;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-certificate-'));
  const { cert, key } = makeCertificate({ name: 'vault.corp.example', hosts: ['127.0.0.1'] });
  const certificateFile = join(folder, 'server.crt');
  const keyFile = join(folder, 'server.key');
  await writeFile(certificateFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certificateFile, keyFile, fingerprint: new X509Certificate(cert).fingerprint256 };
}

test('a private certificate is used after its fingerprint was compared, and no other', async ({
  sample,
  launch,
}) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const port = await freePort();
  const tls = await certificateFiles();
  const otherTls = await certificateFiles();
  const anna = sample.user('anna.orlova');
  const first = await startDemoServer({ dataFolder, port, tls });
  const app = await launch();
  const screens = new Screens(await app.page());
  try {
    await screens.giveServer(first.url);
    const shown = screens.page.getByText(/^([0-9A-F]{2}[: ]?){32}$/);
    await expect(shown).toBeVisible();
    expect((await shown.textContent())?.replace(/[^0-9A-F]/g, '')).toBe(tls.fingerprint.replaceAll(':', ''));
    await expect(screens.button('Continue')).toBeDisabled();
    await screens.page.getByLabel('I have compared the fingerprint, and it is the same.').check();
    await screens.button('Continue').click();
    await screens.signIn(anna.login, anna.password);
    await screens.giveMasterPassword(anna.masterPassword ?? '');
    await screens.synced();
  } finally {
    await first.stop();
  }

  const second = await startDemoServer({ dataFolder, port, tls: otherTls });
  try {
    await screens.page.keyboard.press('F5');
    await screens.button(/^Sync: Sync stopped/).click();
    await expect(screens.page.getByText(/is not the one you accepted\. Nothing was sent/)).toBeVisible();
  } finally {
    await second.stop();
    for (const file of [tls.keyFile, otherTls.keyFile]) await removeFolder(dirname(file));
    await removeFolder(dirname(dataFolder));
  }
});
