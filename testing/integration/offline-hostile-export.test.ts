/** What cannot be sent is taken away as a file, even where something of it does not open any more. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let line: LyingProxy;
const app = new Application();
const folder = mkdtempSync(join(tmpdir(), 'strongroom-export-'));

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  line = await LyingProxy.start(server.url);
  await app.enrol(line.url, anna);
  await app.synced();
});

afterAll(async () => {
  await app.close();
  await line.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

it('a record whose key does not open keeps no other from being taken away', async () => {
  line.setDown(true);
  const make = async (name: string): Promise<string> => {
    const { recordId } = await app.ask('editing', 'create', {
      place: { vaultId: organisation.servers.id, folderId: null },
      fields: { name, login: 'me', password: { kind: 'set', value: utf8(`password of ${name}`) } },
    });
    return recordId;
  };
  const first = await make('Broken');
  await make('Whole');
  const { mirror } = app.accounts.current();
  const broken = mirror.records.get(first);
  expect(broken?.keyWrapped).toBeTruthy();
  // Another ciphertext in the place of the key, as from a server that swaps them.
  if (broken !== null) mirror.records.upsertMany([{ ...broken, keyWrapped: broken.passwordEncrypted }]);
  app.dialogs.target = join(folder, 'unsent.json');
  const answer = await app.ask('sync', 'exportUnsent', { secret: utf8(annasSecret) });
  expect(answer).toEqual({ saved: true, count: 2 });
  expect(statSync(app.dialogs.target).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(app.dialogs.target, 'utf8'))).toMatchObject({
    changes: [
      { name: 'Broken', values: { login: 'me', password: null } },
      { name: 'Whole', values: { password: 'password of Whole' } },
    ],
  });
});
