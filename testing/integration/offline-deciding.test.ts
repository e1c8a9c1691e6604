/**
 * What a person has to decide, through the real door: two devices of one person change the same
 * record while they cannot hear of each other, and every way out of it is taken once.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConflictView } from '../../contract/conflicts.ts';
import type { RecordView } from '../../contract/records.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { wrapFor } from '../organisation/member.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let line: LyingProxy;
const folder = mkdtempSync(join(tmpdir(), 'strongroom-deciding-'));
/** Both are anna's; `far` is behind the line that breaks. */
const near = new Application();
const far = new Application();
let recordId: string;
let count = 0;

const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const everything = {
  scope: { kind: 'all' },
  sort: { by: 'name', descending: false },
  offset: 0,
  limit: 200,
} as const;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  line = await LyingProxy.start(server.url);
  await near.enrol(server.url, anna);
  await far.enrol(line.url, anna);
});

afterAll(async () => {
  await near.close();
  await far.close();
  await line.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

async function sent(app: Application, waiting = 0): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', waiting });
    },
    { timeout: 20_000 },
  );
}

const breakLine = (): void => line.tell((_answer, response) => (response.destroy(), null));

/** Heals the line and lets `far` hear of everything; what is undecided keeps waiting. */
async function reconcile(): Promise<void> {
  line.tell(null);
  await vi.waitFor(
    async () => {
      await far.synced();
      expect(await far.ask('sync', 'status', {})).toMatchObject({ phase: 'idle' });
      const { rows } = await far.ask('sync', 'waiting', { offset: 0, limit: 100 });
      expect(rows.filter(({ state }) => state === 'waiting' || state === 'sending')).toEqual([]);
    },
    { timeout: 20_000 },
  );
}

const read = (app: Application, id = recordId): Promise<RecordView> =>
  app.ask('records', 'read', { recordId: id });

async function password(app: Application, id = recordId): Promise<string> {
  return (await app.ask('records', 'revealField', { recordId: id, field: { kind: 'password' } })).value;
}

async function names(app: Application): Promise<string[]> {
  return (await app.ask('records', 'page', everything)).rows.map(({ name }) => name);
}

async function theConflict(): Promise<ConflictView> {
  const { rows } = await far.ask('conflicts', 'list', {});
  const [found, ...others] = rows.filter(({ name }) => name === `Disputed ${String(count)}`);
  expect(others).toEqual([]);
  return far.ask('conflicts', 'read', { id: found?.id ?? '' });
}

beforeEach(async () => {
  count += 1;
  const made = await near.ask('editing', 'create', {
    place: { vaultId: organisation.servers.id, folderId: null },
    fields: {
      name: `Disputed ${String(count)}`,
      login: 'root',
      description: 'as it was',
      password: set('the ancestor'),
      customs: [{ from: null, label: set('PIN'), type: 'password', value: set('1111') }],
    },
  });
  await sent(near);
  await far.synced();
  const name = `Disputed ${String(count)}`;
  recordId = (await far.ask('records', 'page', everything)).rows.find((row) => row.name === name)?.id ?? '';
  expect(made.recordId).not.toBe(recordId);
});

/** Nothing of a failed test waits in the next one. */
afterEach(async () => {
  line.tell(null);
  for (const { id } of (await far.ask('sync', 'waiting', { offset: 0, limit: 50 })).rows) {
    await far.call('sync', 'discard', { id });
  }
});

/** The record as the other device goes by it. */
async function nearId(): Promise<string> {
  const name = `Disputed ${String(count)}`;
  return (await near.ask('records', 'page', everything)).rows.find((row) => row.name === name)?.id ?? '';
}

async function bothChange(): Promise<void> {
  breakLine();
  await far.ask('editing', 'save', {
    recordId,
    fields: {
      password: set('of the far one'),
      login: 'far',
      customs: [{ from: 0, label: { kind: 'keep' }, type: 'password', value: set('2222') }],
    },
  });
  await near.ask('editing', 'save', {
    recordId: await nearId(),
    fields: { password: set('of the near one'), description: 'only near', login: 'near' },
  });
  await sent(near);
  await reconcile();
}

describe('the same fields changed on both sides', () => {
  it('are merged where they can be, and the rest waits for a person with all three sides', async () => {
    await bothChange();
    const shown = await read(far);
    expect(shown).toMatchObject({ login: 'far', description: 'only near' });
    expect(await password(far)).toBe('of the far one');
    const { rows } = await far.ask('records', 'page', everything);
    expect(rows.find(({ id }) => id === recordId)).toMatchObject({ conflict: true });
    const conflict = await theConflict();
    expect(conflict.id).toBe(shown.conflictId);
    expect(conflict.fields.map(({ key, secret }) => [key, secret])).toEqual([
      ['login', false],
      ['password', true],
    ]);
    const [login, secret] = conflict.fields;
    expect([login?.mine.text, login?.theirs.text, login?.ancestor.text]).toEqual(['far', 'near', 'root']);
    expect([secret?.mine.text, secret?.theirs.text, secret?.ancestor.text]).toEqual([null, null, null]);
    for (const [side, value] of [
      ['mine', 'of the far one'],
      ['theirs', 'of the near one'],
      ['ancestor', 'the ancestor'],
    ] as const) {
      const revealed = await far.ask('conflicts', 'reveal', { id: conflict.id, key: 'password', side });
      expect(revealed.value).toBe(value);
    }
    // What nobody disputed has gone out; what is disputed has not.
    await near.synced();
    expect(await password(near, await nearId())).toBe('of the near one');
    expect((await far.ask('sync', 'status', {})).conflicts).toBe(1);

    await far.ask('conflicts', 'resolve', {
      id: conflict.id,
      picks: [
        { key: 'login', pick: 'theirs' },
        { key: 'password', pick: 'both' },
      ],
    });
    await sent(far);
    await near.synced();
    for (const [app, id] of [
      [far, recordId],
      [near, await nearId()],
    ] as const) {
      const face = await read(app, id);
      expect(face).toMatchObject({
        login: 'near',
        description: 'only near',
        pending: false,
        conflictId: null,
      });
      expect(await password(app, id)).toBe('of the far one');
      expect(face.fields.map(({ label }) => label)).toEqual(['', 'PIN', 'Password (2)']);
      const custom = async (index: number): Promise<string> =>
        (await app.ask('records', 'revealField', { recordId: id, field: { kind: 'custom', index } })).value;
      expect([await custom(0), await custom(1)]).toEqual(['2222', 'of the near one']);
    }
  });

  it('can be typed over while they wait, without being sent', async () => {
    await bothChange();
    await far.ask('editing', 'save', { recordId, fields: { login: 'typed later' } });
    await reconcile();
    await near.synced();
    expect((await read(near, await nearId())).login).toBe('near');
    const conflict = await theConflict();
    expect(conflict.fields[0]?.mine.text).toBe('typed later');
    const picks = conflict.fields.map(({ key }) => ({ key, pick: 'mine' as const }));
    await far.ask('conflicts', 'resolve', { id: conflict.id, picks });
    await sent(far);
    await near.synced();
    expect((await read(near, await nearId())).login).toBe('typed later');
    expect(await password(near, await nearId())).toBe('of the far one');
  });
});

describe('changed here, deleted there', () => {
  it.each(['keep', 'drop'] as const)('waits for a person; %s', async (decision) => {
    breakLine();
    await far.ask('editing', 'save', { recordId, fields: { description: 'typed in the tunnel' } });
    await near.ask('editing', 'remove', { recordIds: [await nearId()] });
    await sent(near);
    await reconcile();
    expect((await read(far)).description).toBe('typed in the tunnel');
    const conflict = await theConflict();
    expect(conflict).toMatchObject({ kind: 'deletedThere', recordId });
    expect(conflict.fields.map(({ key, mine }) => [key, mine.text])).toEqual([
      ['description', 'typed in the tunnel'],
    ]);
    await far.ask('conflicts', 'decide', { id: conflict.id, decision, place: null });
    await sent(far);
    await near.synced();
    expect((await names(near)).includes(`Disputed ${String(count)}`)).toBe(decision === 'keep');
    expect((await names(far)).includes(`Disputed ${String(count)}`)).toBe(decision === 'keep');
    if (decision === 'keep') {
      expect((await read(near, await nearId())).description).toBe('typed in the tunnel');
      expect(await password(near, await nearId())).toBe('the ancestor');
    }
  });
});

describe('deleted here, changed there', () => {
  it.each(['keep', 'drop'] as const)('comes back and waits for a person; %s', async (decision) => {
    breakLine();
    await far.ask('editing', 'remove', { recordIds: [recordId] });
    await near.ask('editing', 'save', { recordId: await nearId(), fields: { description: 'still needed' } });
    await sent(near);
    await reconcile();
    const conflict = await theConflict();
    expect(conflict.kind).toBe('changedThere');
    expect((await read(far)).description).toBe('still needed');
    await far.ask('conflicts', 'decide', { id: conflict.id, decision, place: null });
    await sent(far);
    await near.synced();
    expect((await names(near)).includes(`Disputed ${String(count)}`)).toBe(decision === 'keep');
  });
});

describe('a vault that is closed while changes wait', () => {
  it('keeps what was typed, under a seal, until a person puts it elsewhere', async () => {
    const { boris: clerk, anna: owner, servers } = organisation;
    const { publicKey } = await owner.http.send<{ publicKey: string }>(
      'GET',
      `/users/${clerk.userId}/public-key`,
    );
    const open = (access: string): Promise<unknown> =>
      owner.http.send('POST', `/vaults/${servers.id}/access`, {
        userId: clerk.userId,
        access,
        keys: { [clerk.userId]: wrapFor(servers, publicKey) },
      });
    await open('write');
    const app = new Application();
    await app.enrol(line.url, boris);
    breakLine();
    const own = (await app.ask('tree', 'overview', {})).vaults.find(({ name }) => name === 'Boris');
    const { rows } = await app.ask('records', 'page', everything);
    const target = rows.find(({ name }) => name === `Disputed ${String(count)}`);
    await app.ask('editing', 'save', {
      recordId: target?.id ?? '',
      fields: { login: 'typed by boris', password: set('only boris knows') },
    });
    await open('notSet');
    line.tell(null);
    await app.synced();
    expect(await names(app)).toEqual(['For Anna']);
    const [row] = (await app.ask('conflicts', 'list', {})).rows;
    expect(row).toMatchObject({ kind: 'vaultLost', name: `Disputed ${String(count)}`, vaultName: 'Servers' });
    const id = row?.id ?? '';
    const view = await app.ask('conflicts', 'read', { id });
    expect(view.fields.map(({ key, mine }) => [key, mine.text])).toEqual([
      ['login', 'typed by boris'],
      ['password', null],
    ]);
    expect((await app.ask('conflicts', 'reveal', { id, key: 'password', side: 'mine' })).value).toBe(
      'only boris knows',
    );
    const place = { vaultId: own?.id ?? '', folderId: null };
    await app.ask('conflicts', 'decide', { id, decision: 'keep', place });
    await sent(app);
    expect((await app.ask('conflicts', 'list', {})).rows).toEqual([]);
    const made = (await app.ask('records', 'page', everything)).rows.find(
      ({ name }) => name === `Disputed ${String(count)}`,
    );
    expect(await password(app, made?.id ?? '')).toBe('only boris knows');
    await app.close();
  });
});

describe('what waits', () => {
  it('is listed, can be taken away as a file with the secret given again, and given up', async () => {
    breakLine();
    await far.ask('editing', 'save', {
      recordId,
      fields: { login: 'not sent', password: set('not sent either') },
    });
    const { rows } = await far.ask('sync', 'waiting', { offset: 0, limit: 10 });
    expect(rows).toMatchObject([
      { kind: 'edit', name: `Disputed ${String(count)}`, recordId, state: 'waiting', problem: null },
    ]);
    far.dialogs.target = join(folder, 'unsent.json');
    expect(await far.refusal('sync', 'exportUnsent', { secret: utf8('not it') })).toBe('wrongMasterPassword');
    expect(await far.ask('sync', 'exportUnsent', { secret: utf8(annasSecret) })).toEqual({
      saved: true,
      count: 1,
    });
    expect(statSync(far.dialogs.target).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(far.dialogs.target, 'utf8'))).toMatchObject({
      changes: [
        { kind: 'record', vault: 'Servers', values: { login: 'not sent', password: 'not sent either' } },
      ],
    });
    await far.ask('sync', 'discard', { id: rows[0]?.id ?? '' });
    expect(await read(far)).toMatchObject({ login: 'root', pending: false });
    expect(await password(far)).toBe('the ancestor');
    await reconcile();
    await near.synced();
    expect((await read(near, await nearId())).login).toBe('root');
  });

  it('is nothing any more where the change was taken back by hand', async () => {
    breakLine();
    await far.ask('editing', 'save', { recordId, fields: { login: 'a slip' } });
    await far.ask('editing', 'save', { recordId, fields: { login: 'root', password: set('the ancestor') } });
    expect(await far.ask('sync', 'waiting', { offset: 0, limit: 10 })).toMatchObject({ total: 0 });
    expect((await read(far)).pending).toBe(false);
  });
});
