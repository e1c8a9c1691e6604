/** What was made here, or made anew, when it was deleted there or stands there by another hand. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mirror, StoredRecord } from '../../mirror/index.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit } from '../../vaults/editing/committing.ts';
import { decide } from '../outbox/decisions.ts';
import { settleRecord } from '../push/settling.ts';
import { settleUnheard } from '../push/unheard.ts';
import { replaceRecord } from '../outbox/relocation.ts';
import { binRecord, sendAsNew } from '../outbox/binning.ts';
import { commitFolder } from '../../vaults/editing/committing.ts';
import type { PullContext } from '../pullcontext.ts';
import { unreachableContext } from '../testcontext.ts';
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

function type(fields: Partial<StoredRecord>, id = 's1'): void {
  const row = mirror.records.get(id) ?? aRecord({ id: 'none' });
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
  context = unreachableContext(mirror, { mode: 'none' });
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

describe('what arrived unheard and was deleted there since', () => {
  function madeHere(folderId: string | null): void {
    const record = { ...delivered('new'), serverId: '', itemServerId: '', contentHash: '', folderId };
    mirror.records.upsertMany([record]);
    sendAsNew(mirror, record, 3);
  }
  const creation = () => mirror.outbox.all().find(({ change }) => change.kind.startsWith('create'));
  const settle = (): string[] | null => {
    const operation = creation();
    return operation === undefined ? null : settleUnheard(context, operation);
  };

  it('keeps its key when it looks for another place, so that it cannot be made twice', () => {
    mirror.folders.upsert(aFolder({ id: 'f', vaultId: 'v' }));
    madeHere('f');
    sent();
    const before = creation();
    replaceRecord(mirror, 'new', null, 4);
    expect(creation()).toMatchObject({
      ...{ id: before?.id, state: 'unanswered', attempts: 1 },
      change: { place: { vaultId: 'v', folderId: null } },
    });
  });

  it('is shown with all that was typed until a person has decided', () => {
    madeHere(null);
    sent();
    type({ login: 'typed' }, 'new');
    expect(settle()).toEqual([]);
    const [conflict] = mirror.conflicts.all();
    expect(conflict).toMatchObject({ kind: 'deletedThere', recordId: 'new' });
    expect(conflict?.fields.map(({ key }) => key)).toEqual(['name', 'login', 'tags']);
    expect(mirror.outbox.all().every(({ state }) => state === 'undecided')).toBe(true);
    decide(mirror, conflict?.id ?? '', { decision: 'keep', at: 6, serverRestores: true });
    expect([kinds(), shown()]).toEqual([['create'], [['', 'typed']]]);
    expect(creation()).toMatchObject({ attempts: 0, state: 'waiting' });
  });

  it('is itself again, when its folder is put back there before that', async () => {
    madeHere(null);
    sent();
    type({ login: 'typed' }, 'new');
    settle();
    await takeIn(delivered('s9'));
    expect([mirror.conflicts.all(), shown(), kinds()]).toEqual([[], [['s9', 'typed']], ['edit']]);
  });

  it('goes where it was deleted here as well', () => {
    madeHere(null);
    sent();
    binRecord(mirror, 'new', 5);
    expect([settle(), mirror.bin.get('new'), kinds()]).toEqual([[], null, []]);
  });

  it('leaves what lies in it, where it is a folder, to the place above', () => {
    const folder = aFolder({ id: 'f', vaultId: 'v', serverId: '', name: 'Made', contentHash: '' });
    const change = { kind: 'createFolder', vaultId: 'v', parentId: null, name: 'Made' } as const;
    commitFolder(mirror, null, folder, change, 3);
    madeHere('f');
    expect(settle()).toEqual([]);
    expect([mirror.folders.get('f'), kinds()]).toEqual([null, ['create']]);
    expect(mirror.records.get('new')?.folderId).toBeNull();
    expect(mirror.notices.all()).toMatchObject([{ kind: 'placeGone', subject: 'Made' }]);
  });
});
