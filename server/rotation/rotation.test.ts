/** Another at-rest key: nothing is lost, nothing stays under the old one, and a kill does no harm. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trialDatabase, trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { storedNames, trialStore, trialStoreArguments } from '../../testing/organisation/trialfiles.ts';
import {
  createVault,
  startTrialServer,
  trialOrganisation,
  writeRecord,
} from '../../testing/organisation/index.ts';
import { draft } from '../../testing/organisation/drafts.ts';
import type { TrialServer } from '../../testing/organisation/index.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadNextKey, loadSealingKey } from '../sealing/keyfile.ts';
import { openDatabase } from '../storage/storage.ts';
import { hashColumns, sealedTables } from './columns.ts';
import { rotateKey } from './command.ts';

let dataFolder = '';
let server: TrialServer;
beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'strongroom-rotation-'));
  server = await startTrialServer({ dataFolder });
});
afterEach(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

const attachment = { name: 'notes.txt', bytes: Buffer.from('what stands in the file') };

/** Records with attachments, enough for several portions. */
async function filled(records: number) {
  const organisation = await trialOrganisation(server, 'owner', true);
  const { owner, ledger } = organisation;
  const vault = await createVault(owner, 'Servers', 'company', ledger);
  const written = [];
  for (let number = 0; number < records; number += 1) {
    const content = draft(`Record ${number}`, { attachments: number % 25 === 0 ? [attachment] : [] });
    written.push(await writeRecord(owner, vault, null, content, ledger));
  }
  return { owner, written };
}

const request = async (isStopping = () => false) => {
  const database = await trialDatabase(dataFolder);
  const files = trialStore(dataFolder);
  return {
    ...{ dataFolder, tell: () => undefined, isStopping },
    ...(database === undefined ? {} : { database }),
    ...(files === undefined ? {} : { files }),
  };
};

async function everything(owner: { person: { login: string; password: string } }) {
  const { login: username, password } = owner.person;
  const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', {
    username,
    password,
  });
  const http = server.http.as({ accessToken });
  const { items } = await http.send<{ items: { id: string }[] }>('GET', '/items/search?query=');
  const whole = [];
  for (const { id } of items) whole.push(await http.send('GET', `/items/${id}`));
  return whole;
}

/** Values that the given seal does not open to JSON, counted by column. */
async function openedBy(key: ReturnType<typeof loadSealingKey>): Promise<{ opened: number; closed: number }> {
  const seal = createSeal(key);
  const database = new Kysely<Record<string, Record<string, unknown>>>({
    dialect: (await trialEngine(dataFolder)).dialect,
  });
  const count = { opened: 0, closed: 0 };
  for (const { table, columns } of sealedTables) {
    for (const row of await database
      .selectFrom(table)
      .select([...columns])
      .execute()) {
      for (const value of Object.values(row)) {
        if (!(value instanceof Uint8Array)) continue;
        try {
          seal.openJson(value);
          count.opened += 1;
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          count.closed += 1;
        }
      }
    }
  }
  await database.destroy();
  return count;
}

describe('the list of sealed columns', () => {
  it('has every column of bytes that a database has', async () => {
    await server.stop();
    const database = await openDatabase(await trialEngine(dataFolder), Date.now);
    const tables = await database.introspection.getTables();
    const found = tables.flatMap(({ name, columns }) =>
      columns
        .filter(({ dataType }) => ['blob', 'bytea'].includes(dataType.toLowerCase()))
        .map((column) => `${name}.${column.name}`),
    );
    await database.destroy();
    const listed = sealedTables.flatMap(({ table, columns }) =>
      columns.map((column) => `${table}.${column}`),
    );
    expect(found.sort()).toEqual([...listed, ...hashColumns].sort());
  });
});

describe('changing the key', () => {
  it('leaves every value readable, log-ins and sessions included, and none under the old key', async () => {
    const { owner } = await filled(30);
    const before = await everything(owner);
    expect(before).toHaveLength(30);
    await server.stop();
    const former = loadSealingKey(dataFolder, true);
    expect(await rotateKey(await request())).toBe(true);
    const present = loadSealingKey(dataFolder, true);
    expect(present.equals(former)).toBe(false);
    expect((await openedBy(former)).opened).toBe(0);
    expect((await openedBy(present)).closed).toBe(0);
    const names = await storedNames(dataFolder);
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith(`${createSeal(present).keyId}-`))).toBe(true);
    expect(readFileSync(join(dataFolder, 'encryption_key.former'), 'utf8')).toContain(
      former.toString('base64'),
    );
    server = await startTrialServer({ dataFolder });
    expect(await everything(owner)).toEqual(before);
  });

  it('goes on wherever it is stopped, and the server waits for that', { timeout: 60_000 }, async () => {
    const { owner } = await filled(30);
    const before = await everything(owner);
    await server.stop();
    let portions = 0;
    let runs = 1;
    while (!(await rotateKey(await request(() => (portions += 1) > runs)))) {
      await expect(startTrialServer({ dataFolder })).rejects.toThrow('The at-rest key is being changed');
      portions = 0;
      runs += 1;
    }
    expect(runs).toBeGreaterThan(5);
    server = await startTrialServer({ dataFolder });
    expect(await everything(owner)).toEqual(before);
  });

  it('survives being killed in the middle', { timeout: 90_000 }, async () => {
    const { owner } = await filled(250);
    const before = await everything(owner);
    await server.stop();
    const former = loadSealingKey(dataFolder, true);
    for (const word of ['organisations', 'users', 'items', 'file_parts']) {
      await killedAt(word);
      await expect(startTrialServer({ dataFolder })).rejects.toThrow('The at-rest key is being changed');
    }
    expect((await openedBy(former)).closed).toBeGreaterThan(0);
    expect(await rotateKey(await request())).toBe(true);
    expect((await openedBy(former)).opened).toBe(0);
    server = await startTrialServer({ dataFolder });
    expect(await everything(owner)).toEqual(before);
  });

  it(
    'refuses while the server has the database open, and keys that do not fit',
    { timeout: 30_000 },
    async () => {
      await filled(1);
      await expect(rotateKey(await request())).rejects.toThrow('stop it first');
      expect(loadSealingKey(dataFolder, true)).toHaveLength(32);
      await server.stop();
      rmSync(join(dataFolder, 'encryption_key'));
      loadSealingKey(dataFolder, false);
      await expect(startTrialServer({ dataFolder })).rejects.toThrow('not the at-rest key');
      await expect(rotateKey(await request())).rejects.toThrow('not the keys');
      expect(loadNextKey(dataFolder)).toHaveLength(32);
    },
  );
});

/** Kills the process as soon as it says a word, from within, so that it gets no step further. */
const killing = `data:text/javascript,${encodeURIComponent(`
  const { log } = console;
  console.log = (line) => {
    log(line);
    if (String(line).includes(process.env.KILLED_AT)) process.kill(process.pid, 'SIGKILL');
  };
`)}`;

/** Runs the command and has it killed once it says that a table is done, so that nothing in it can tidy up. */
async function killedAt(word: string): Promise<void> {
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const database = await trialDatabase(dataFolder);
  const where = database === undefined ? [] : ['--database', database];
  const store = trialStoreArguments(dataFolder);
  const given = ['--import', killing, cli, 'rotate-key', '--data', dataFolder, ...where, ...store.given];
  const child = spawn(process.execPath, given, {
    stdio: 'ignore',
    env: { ...process.env, ...store.env, KILLED_AT: word },
  });
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
}
