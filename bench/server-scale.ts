/**
 * The server with a large organisation, on SQLite and, as its peer, on PostgreSQL: deciding on
 * rights, the change feed of one person, another key for a large vault, requests of 50 clients on
 * loopback. The server runs in a thread of its own; where PostgreSQL is not installed there is no peer.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  sealRecordKey,
  vaultCheckValue,
} from '../main/keychain/index.ts';
import { rightsOver } from '../server/access/rights.ts';
import type { Caller } from '../server/access/rights.ts';
import { createSeal } from '../server/sealing/cipher.ts';
import { loadSealingKey } from '../server/sealing/keyfile.ts';
import { databasePlace, filePlace } from '../server/storage/places.ts';
import { settledSeal } from '../server/storage/sealing.ts';
import { openDatabase, openStorage } from '../server/storage/storage.ts';
import { httpClient, signIn, trialOrganisation, wrapFor } from '../testing/organisation/index.ts';
import type { Member } from '../testing/organisation/index.ts';
import { postgresBinaries, startLocalPostgres } from '../testing/postgres/local.ts';
import { fillOrganisation, groupsOf, idOf, size, vaultOf } from './server-content.ts';
import type { BenchRow } from './table.ts';
import { benchRow } from './table.ts';

interface Figures {
  /** Milliseconds for each decision. */
  oneRecord: number[];
  allVaults: number[];
  /** Milliseconds for the feed of one person after 200 changes. */
  feed: number[];
  /** Seconds for another key of the largest vault, all requests included. */
  rekey: number[];
  /** Requests per second of each second. */
  rate: number[];
}

const decisions = 2_000;
const feeds = 20;
const touched = 200;
const clients = 50;
const seconds = 6;

async function startThread(dataFolder: string, database: string | undefined) {
  const worker = new Worker(new URL('./server-worker.ts', import.meta.url), {
    workerData: { dataFolder, ...(database === undefined ? {} : { database }) },
  });
  const url = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const stop = async () => {
    const closed = new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage('close');
    await closed;
    await worker.terminate();
  };
  return { url, stop };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Records that the reader may read, spread over their vaults. */
function readable(): string[] {
  const numbers = Array.from({ length: size.records }, (_, number) => number);
  const read = numbers.filter((number) => groupsOf(vaultOf(number)).some((group) => group < 10));
  return read.filter((_, index) => index % 7 === 0).map((number) => idOf('record', number));
}

async function rightsFigures(dataFolder: string, database: string | undefined, reader: Member) {
  const seal = createSeal(loadSealingKey(dataFolder, true));
  const storage = await openStorage(
    databasePlace(dataFolder, database).open(),
    seal,
    filePlace(dataFolder, undefined),
  );
  const user = await storage.users.find(reader.userId);
  const caller: Caller = {
    ...{ userId: reader.userId, login: reader.person.login, organisationId: user?.organisationId ?? '' },
    ...{ clientSideEncryption: true, role: 'user', permissions: new Set(), isOwner: false, sessionId: '' },
  };
  const rights = rightsOver(storage);
  const ids = readable();
  const oneRecord: number[] = [];
  for (let turn = 0; turn < decisions; turn += 1) {
    const id = ids[(turn * 31) % ids.length] ?? '';
    oneRecord.push(await timed(() => rights.toItem(caller, id)));
  }
  const allVaults: number[] = [];
  for (let turn = 0; turn < feeds; turn += 1) allVaults.push(await timed(() => rights.toAllVaults(caller)));
  await storage.close();
  return { oneRecord, allVaults };
}

async function feedFigures(owner: Member, reader: Member): Promise<number[]> {
  const { cursor } = await reader.http.send<{ cursor: string }>('GET', '/changes');
  const ids = readable().slice(0, touched);
  for (const id of ids) await owner.http.send('PATCH', `/items/${id}`, { description: 'touched' });
  const times: number[] = [];
  for (let turn = 0; turn < feeds; turn += 1) {
    const path = `/changes?limit=500&since=${encodeURIComponent(cursor)}`;
    times.push(await timed(() => reader.http.send('GET', path)));
  }
  return times;
}

interface Keyed {
  kind: string;
  id: string;
  keyEncrypted: string;
}
interface Portion {
  items: Keyed[];
  next: { kind: string; after: string | null } | null;
}

/** Gives the largest vault another key; what the client would encrypt is made beforehand. */
async function rekey(owner: Member): Promise<void> {
  const path = `/vaults/${idOf('vault', 0)}/rekey`;
  const key = generateVaultKey();
  const salt = generateSalt();
  const { publicKey, fingerprint } = await owner.http.send<{ publicKey: string; fingerprint: string }>(
    ...(['GET', `/users/${owner.userId}/public-key`] as const),
  );
  const own = {
    masterKeyEncrypted: wrapFor({ key, isOld: false }, publicKey),
    publicKeyFingerprint: fingerprint,
  };
  const { items: entitled } = await owner.http.send<{ items: { user: { id: string } }[] }>(
    ...(['GET', `/vaults/${idOf('vault', 0)}/access/effective`] as const),
  );
  const leftOut = entitled.map(({ user }) => user.id).filter((id) => id !== owner.userId);
  const body = { masterKeyHash: vaultCheckValue(key, salt), salt, keys: { [owner.userId]: own }, leftOut };
  await owner.http.send('POST', path, body);
  const keyEncrypted = sealRecordKey(generateRecordKey(), key);
  let place: Portion['next'] = { kind: 'item', after: null };
  while (place !== null) {
    const after: string = place.after === null ? '' : `&after=${place.after}`;
    const portion: Portion = await owner.http.send('GET', `${path}/records?kind=${place.kind}${after}`);
    const records = portion.items.map((each) => ({
      ...{ kind: each.kind, id: each.id, formerKeyEncrypted: each.keyEncrypted, keyEncrypted },
    }));
    if (records.length > 0) await owner.http.send('POST', `${path}/records`, { records });
    place = portion.next;
  }
  await owner.http.send('POST', `${path}/finish`);
}

/** Requests per second of many clients who each ask for one record after another. */
async function rateFigures(reader: Member): Promise<number[]> {
  const ids = readable();
  const counts = Array.from({ length: seconds }, () => 0);
  const started = performance.now();
  const client = async (number: number) => {
    for (let turn = number; ; turn += clients) {
      await reader.http.send('GET', `/items/${ids[turn % ids.length] ?? ''}`);
      const second = Math.floor((performance.now() - started) / 1000);
      if (second >= seconds) return;
      counts[second] = (counts[second] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  // The first second warms up.
  return counts.slice(1);
}

async function measure(database: string | undefined): Promise<Figures> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'strongroom-scale-'));
  let server = await startThread(dataFolder, database);
  try {
    const setupToken = readFileSync(join(dataFolder, 'setup_token'), 'utf8').trim();
    const organisation = await trialOrganisation({ http: httpClient(server.url), setupToken }, 'owner', true);
    const [owner, reader] = [organisation.owner, await organisation.join('reader')];
    await server.stop();
    await fill(dataFolder, database, owner, reader);
    server = await startThread(dataFolder, database);
    const boss = await signIn(httpClient(server.url), owner.person);
    const anna = await signIn(httpClient(server.url), reader.person);
    const rights = await rightsFigures(dataFolder, database, reader);
    const feed = await feedFigures(boss, anna);
    const rate = await rateFigures(anna);
    const took = await timed(() => rekey(boss));
    return { ...rights, feed, rate, rekey: [took / 1000] };
  } finally {
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function fill(
  dataFolder: string,
  url: string | undefined,
  owner: Member,
  reader: Member,
): Promise<void> {
  const keySeal = createSeal(loadSealingKey(dataFolder, true));
  const database = await openDatabase(databasePlace(dataFolder, url).open(), Date.now);
  const seal = await settledSeal(database, keySeal);
  const { id } = await database.selectFrom('organisations').select('id').executeTakeFirstOrThrow();
  await fillOrganisation(database, seal, {
    organisationId: id,
    ownerId: owner.userId,
    readerId: reader.userId,
  });
  await database.destroy();
}

async function onPostgres(): Promise<Figures | null> {
  const binaries = postgresBinaries();
  if (binaries === null) {
    console.error('PostgreSQL is not installed here: the figures of the server have no peer.');
    return null;
  }
  const postgres = await startLocalPostgres(binaries);
  try {
    return await measure(postgres.url);
  } finally {
    await postgres.stop();
  }
}

/** Measures both engines, one after the other. */
export async function run(): Promise<BenchRow[]> {
  const ours = await measure(undefined);
  const peers = await onPostgres();
  const common = { peer: 'the same on PostgreSQL', unit: 'ms', better: 'less' } as const;
  const row = (name: string, of: keyof Figures, target: string, met: (median: number) => boolean) =>
    benchRow({ ...common, name, ours: ours[of], peers: peers?.[of] ?? [], target, met });
  return [
    row('server: rights to one record', 'oneRecord', 'at most 5 ms', (median) => median <= 5),
    row('server: rights to all vaults of a person', 'allVaults', 'at most 100 ms', (median) => median <= 100),
    row('server: change feed after 200 changes', 'feed', 'at most 300 ms', (median) => median <= 300),
    {
      ...row('server: another key for 10,000 records', 'rekey', 'at most 60 s', (median) => median <= 60),
      unit: 's',
    },
    {
      ...benchRow({
        ...{ ...common, better: 'more', name: 'server: records for 50 clients', ours: ours.rate },
        ...{ peers: peers?.rate ?? [], target: 'at least 300 a second', met: (median) => median >= 300 },
      }),
      unit: '/s',
    },
  ];
}
