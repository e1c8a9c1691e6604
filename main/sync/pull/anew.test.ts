/** A record that was deleted there and kept here, when it stands there again by another hand. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import type { Mirror, StoredRecord } from '../../mirror/index.ts';
import { aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { Connection, HashGate, parseServerAddress, RemoteClient, TokenKeeper } from '../../remote/index.ts';
import { commitEdit } from '../../vaults/editing/committing.ts';
import { decide } from '../outbox/decisions.ts';
import { settleRecord } from '../push/settling.ts';
import { Pace } from '../pace.ts';
import type { PullContext } from '../pullcontext.ts';
import { departRecords } from './departures.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import { lastSyncedKey } from './resume.ts';
import { contentHash } from './rows.ts';
import { binRecordTold } from './toldbin.ts';

let here: TestMirror;
let mirror: Mirror;
let context: PullContext;

/** As the server delivers it, under the one record key of this file. */
function delivered(id: string, change: Partial<StoredRecord> = {}): StoredRecord {
  const ids = { id, serverId: id, itemServerId: id };
  const row = aRecord({
    vaultId: 'v',
    name: 'R',
    keyWrap: 'none',
    tags: ['old'],
    revision: 1,
    ...ids,
    ...change,
  });
  return { ...row, contentHash: contentHash({ ...row, contentHash: '' }) };
}

async function takeIn(...rows: readonly StoredRecord[]): Promise<void> {
  const intake = new RecordIntake(context, await KnownRecords.read(mirror, context.signal));
  intake.takeAtOnce(rows);
}

function type(fields: Partial<StoredRecord>): void {
  const row = mirror.records.get('s1') ?? aRecord({ id: 'none' });
  commitEdit(mirror, row, { ...row, ...fields }, 5);
}

/** Typed into here, deleted for good there, and kept: it waits to be made anew. */
async function keptHere(typed: Partial<StoredRecord>): Promise<void> {
  await takeIn(delivered('s1', { login: 'first' }));
  type(typed);
  departRecords(context, ['s1']);
  const [conflict] = mirror.conflicts.all();
  decide(mirror, conflict?.id ?? '', { decision: 'keep', at: 6, serverRestores: true });
}

/** Its creation has gone out, and nobody knows whether it arrived. */
function sent(): void {
  for (const { id, change } of mirror.outbox.all()) if (change.kind === 'create') mirror.outbox.tried(id, 7);
}

const kinds = (): string[] => mirror.outbox.all().map(({ change }) => change.kind);
const shown = (): (string | undefined)[][] =>
  [...mirror.records.batches(10)].flat().map(({ serverId, login }) => [serverId, login]);

beforeEach(() => {
  here = temporaryMirror();
  mirror = here.mirror;
  mirror.vaults.upsert(aVault({ id: 'v' }));
  mirror.syncState.set(lastSyncedKey, '1');
  const address = parseServerAddress('http://127.0.0.1:9');
  const connection = new Connection({ address, trust: { kind: 'system' } });
  const expiry = { accessTokenExpiredAt: null, refreshTokenExpiredAt: null };
  const none = { accessToken: '-', refreshToken: '-', ...expiry };
  const tokens = new TokenKeeper({ connection, tokens: none, persist: () => undefined });
  context = {
    client: new RemoteClient({ connection, tokens, gate: new HashGate(address) }),
    mirror,
    mode: 'none',
    vaultKeys: null,
    manifestKey: LockedBytes.adopt(randomBytes(32)),
    cacheKey: LockedBytes.adopt(randomBytes(32)),
    files: null,
    givenUpFiles: new Set(),
    features: new Set(),
    pace: new Pace(),
    signal: new AbortController().signal,
    now: () => 1000,
    progress: () => undefined,
    changed: () => undefined,
  };
});
afterEach(async () => {
  await context.client.connection.close();
  here[Symbol.dispose]();
});

describe('a record that was made anew here', () => {
  it.each([
    ['has been refused', 'held' as const],
    ['was not answered', 'unanswered' as const],
  ])('and by another device as well keeps what was typed here, when its creation %s', async (_how, state) => {
    await keptHere({ login: 'mine', tags: ['old', 'mine'] });
    sent();
    for (const { id } of mirror.outbox.all()) mirror.outbox.setState(id, state, null);
    await takeIn(delivered('s2', { login: 'theirs', tags: ['old', 'theirs'] }));
    expect(shown()).toEqual([['s2', 'mine']]);
    expect(mirror.conflicts.all()).toMatchObject([
      { kind: 'fields', fields: [{ key: 'login', sides: { mine: 'mine', theirs: 'theirs' } }] },
    ]);
    expect(mirror.records.get('s1')?.tags.toSorted()).toEqual(['mine', 'old', 'theirs']);
    expect(mirror.outbox.all()).toMatchObject([{ change: { kind: 'edit' } }]);
  });

  it('and has arrived unheard is what was sent: what was typed since follows without a question', async () => {
    await keptHere({ login: 'sent', tags: ['old'] });
    sent();
    type({ login: 'since', tags: ['new'] });
    await takeIn(delivered('s2', { login: 'sent' }));
    expect(mirror.conflicts.all()).toEqual([]);
    expect(mirror.outbox.all()).toMatchObject([
      { change: { kind: 'edit', fields: { login: 'since', tags: ['new'] } } },
    ]);
  });

  it('is an ordinary record once the server has answered', async () => {
    await keptHere({ login: 'sent' });
    sent();
    const [creation] = mirror.outbox.all();
    if (creation !== undefined) settleRecord(context, creation, { serverId: 's2', revision: 1 });
    expect([kinds(), shown()]).toEqual([[], [['s2', 'sent']]]);
    await takeIn(delivered('s2', { login: 'theirs', revision: 2 }));
    expect([mirror.conflicts.all(), shown()]).toEqual([[], [['s2', 'theirs']]]);
  });

  it('stands beside the old one, when somebody puts that back after all', async () => {
    await keptHere({ login: 'mine' });
    sent();
    await takeIn(delivered('s2', { login: 'mine' }));
    type({ login: 'typed since' });
    await takeIn(delivered('s1', { login: 'first' }));
    expect(shown().toSorted()).toEqual([
      ['s1', 'first'],
      ['s2', 'typed since'],
    ]);
    expect(mirror.outbox.all()).toMatchObject([{ objectId: 's1', change: { kind: 'edit' } }]);
    await takeIn(delivered('s1', { login: 'told again', revision: 2 }));
    expect(shown().toSorted()).toEqual([
      ['s1', 'told again'],
      ['s2', 'typed since'],
    ]);
  });

  it('stands in the lists while the old one lies in the bin', async () => {
    await keptHere({ login: 'mine' });
    sent();
    await takeIn(delivered('s2', { login: 'mine' }));
    binRecordTold(context, delivered('s1'), { binItemId: randomUUID(), deletedAt: 3 });
    expect(shown()).toEqual([['s2', 'mine']]);
    const [entry] = mirror.bin.ofVault('v');
    expect([entry?.record?.serverId, entry?.id === 's1']).toEqual(['s1', false]);
    expect(mirror.bin.byServerId('record', 's1')?.id).toBe(entry?.id);
  });
});
