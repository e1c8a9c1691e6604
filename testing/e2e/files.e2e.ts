/** Files of a record: dropped in, refused, saved out. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyOfData, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

test('files dropped on a record are encrypted, sent, and come back the same', async ({ sample, launch }) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder });
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-files-'));
  const paths = ['server.key', 'Резервная копия.tar', 'too-large.iso'].map((name) => join(folder, name));
  const contents = [randomBytes(1700), randomBytes(200_000), randomBytes(5 * 1024 * 1024 + 1)];
  await Promise.all(paths.map((path, index) => writeFile(path, contents[index] ?? '')));
  const anna = sample.user('anna.orlova');
  try {
    const app = await launch();
    const screens = new Screens(await app.page());
    await screens.enrol(server.url, anna);
    await screens.synced();
    await screens.search('web-03.prod');
    await screens.openRecord('web-03.prod — root');
    await app.dropFiles(screens.page, '[data-pane="record"]', paths);
    await expect(screens.record().getByRole('alert')).toContainText('too-large.iso');
    for (const [index, name] of ['server.key', 'Резервная копия.tar'].entries()) {
      const target = join(folder, `again-${String(index)}`);
      await app.answerDialog({ filePath: target });
      await screens
        .record()
        .getByRole('button', { name: new RegExp(`save ${name.replace('.', '\\.')}$`, 'i') })
        .click();
      await expect.poll(() => readFile(target).catch(() => Buffer.alloc(0))).toEqual(contents[index]);
    }
  } finally {
    await server.stop();
    await removeFolder(folder);
    await removeFolder(dirname(dataFolder));
  }
});
