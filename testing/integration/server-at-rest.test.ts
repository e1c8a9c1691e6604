/**
 * After a busy session of a whole organisation no secret of it, and nothing that its
 * people wrote in the clear, may stand in the server's data folder or in its log, in
 * plain, in base64 at any alignment, in base32 of the wire, or in hexadecimal.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBase32x } from '../../main/keychain/index.ts';
import {
  buildLargeVaults,
  buildSampleOrganisation,
  httpClient,
  signIn,
  startTrialServer,
} from '../organisation/index.ts';
import type { SampleOrganisation, TrialServer } from '../organisation/index.ts';

let server: TrialServer;
let sample: SampleOrganisation;
const spoken: string[] = [];

/** Reads, searches, fails and refreshes the way clients do in a day. */
async function useEverything(): Promise<void> {
  const people = await Promise.all(
    sample.users.slice(0, 4).map((user) => signIn(httpClient(sample.url), user)),
  );
  for (const member of people) {
    const { items: vaults } = await member.http.send<{ items: { id: string }[] }>('GET', '/vaults');
    for (const vault of vaults) await member.http.send('GET', `/items?vaultId=${vault.id}`);
    const query = encodeURIComponent('Сервер Zabbix needle-of-search');
    await member.http.send('GET', `/items/search?query=${query}`);
    await member.http.send('GET', '/inbox-items');
    const wrong = httpClient(sample.url).send('POST', '/users/login', {
      username: member.person.login,
      password: 'needle-of-login',
    });
    await expect(wrong).rejects.toMatchObject({ status: 401 });
    const malformed = member.http.send('POST', '/items', {
      vaultId: 'needle-of-body',
      passwordEncrypted: 'needle-of-body',
    });
    await expect(malformed).rejects.toMatchObject({ status: 400 });
  }
  const [first] = sample.users;
  const pair = await httpClient(sample.url).send<Record<string, string>>('POST', '/users/login', {
    username: first?.login,
    password: first?.password,
  });
  spoken.push(...[pair['accessToken'], pair['refreshToken']].filter((token) => token !== undefined));
  const renewed = await httpClient(sample.url).send<Record<string, string>>('POST', '/sessions/refresh', {
    refreshToken: pair['refreshToken'],
  });
  spoken.push(...[renewed['accessToken'], renewed['refreshToken']].filter((token) => token !== undefined));
}

beforeAll(async () => {
  server = await startTrialServer();
  sample = await buildSampleOrganisation(server.url, server.setupToken, { scale: 0.25 });
  await useEverything();
  await buildLargeVaults(server.url, server.setupToken, { records: 40, vaults: 2 });
  await server.stop();
}, 120_000);
afterAll(() => server.close());

/** Every file of the data folder, the log included, and all their names, as one text of bytes. */
function everythingStored(): string {
  const names = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true });
  const own = new Set(['encryption_key', 'setup_token']);
  const files = names.filter((entry) => entry.isFile() && !own.has(entry.name));
  return files
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name)).toString('latin1')}`)
    .join('\n');
}

/** The forms in which a text could stand somewhere; long ones by their beginning. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 60);
  // Inside longer base64 the text may start at any of three places: the whole middle is compared.
  const aligned = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return shifted.slice(offset === 0 ? 0 : 4, Math.floor((bytes.length + offset) / 3) * 4);
  });
  const forms = [bytes.toString('latin1'), ...aligned, bytes.toString('hex')];
  const wire = encodeBase32x(bytes);
  forms.push(wire.slice(0, Math.floor((bytes.length * 8) / 5)));
  return forms.filter((form) => form.length >= 6);
}

/** Logins of the sample that are also words of the database's own structure. */
const structural = new Set(['administrator', 'editor']);

/** Short words occur by chance in megabytes of random bytes; six bytes do not. */
const telling = (text: string) => Buffer.byteLength(text, 'utf8') >= 6 && !structural.has(text);

describe('the data folder and the log', () => {
  it('hold nothing that was secret or written in the clear', () => {
    const stored = everythingStored();
    const searched = [
      ...sample.secrets.filter((secret) => secret.kind !== 'customName').map((secret) => secret.plaintext),
      ...sample.readableByServer,
      ...['needle-of-search', 'needle-of-login', 'needle-of-body'],
      ...spoken,
      server.setupToken,
    ].filter(telling);
    expect(searched.length).toBeGreaterThan(500);
    expect(stored.length).toBeGreaterThan(500_000);
    const found = searched.filter((text) => formsOf(text).some((form) => stored.includes(form)));
    expect(found).toEqual([]);
  });

  it('hold no ciphertext either: what clients sent is sealed once more', () => {
    const stored = everythingStored();
    expect(stored).not.toContain('amt4cwv48xb6pp1h');
    expect(stored).not.toContain('-----BEGIN');
    expect(stored).not.toContain('pbkdf:');
  });

  it('would show a leak: the search finds what is planted', () => {
    const secret = sample.secrets.find((each) => each.kind === 'password')?.plaintext ?? '';
    for (const planted of [
      secret,
      Buffer.from(`x${secret}y`).toString('base64'),
      Buffer.from(secret).toString('hex'),
      encodeBase32x(Buffer.from(secret)),
    ]) {
      expect(formsOf(secret).some((form) => planted.includes(form))).toBe(true);
    }
  });

  it('keep the log to what happened', () => {
    const lines = readFileSync(server.logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = lines.filter((line) => line['msg'] === 'request');
    expect(requests.length).toBeGreaterThan(200);
    const members = new Set(requests.flatMap((line) => Object.keys(line)));
    expect([...members].toSorted()).toEqual([
      'hostname',
      'level',
      'method',
      'ms',
      'msg',
      'pid',
      'reqId',
      'route',
      'status',
      'time',
    ]);
    expect(lines.filter((line) => line['msg'] === 'failure')).toEqual([]);
  });
});

describe('the same folder', () => {
  it('opens again with everything in it, and not without its key', async () => {
    const again = await startTrialServer({ dataFolder: server.dataFolder });
    const member = await signIn(again.http, sample.users[0]!);
    const { items } = await member.http.send<{ items: { name: string }[] }>('GET', '/vaults');
    await again.stop();
    expect(items.map((vault) => vault.name)).toContain('Infrastructure');
    process.env['ENCRYPTION_KEY_PATH'] = join(server.dataFolder, 'no-such-key');
    try {
      await expect(startTrialServer({ dataFolder: server.dataFolder })).rejects.toThrow(
        'encryption key file is missing',
      );
    } finally {
      delete process.env['ENCRYPTION_KEY_PATH'];
    }
  });
});
