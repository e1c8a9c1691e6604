/**
 * Former states through the real door: listed from the server, compared without a secret in the
 * answer, shown one secret at a time, and put back, also while nothing can be reached.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ComparedField } from '../../contract/history.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import {
  anna,
  buildPlainOrganisation,
  buildSmallOrganisation,
  nina,
  startOwnServer,
} from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';
import { asBytes } from './places.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let line: LyingProxy;
let app: Application;
const sort = { by: 'name', descending: false } as const;
const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const keep = { kind: 'keep' } as const;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  await buildPlainOrganisation(server);
  line = await LyingProxy.start(server.url);
  app = new Application();
  await app.enrol(line.url, anna);
});

afterAll(async () => {
  await app.close();
  await line.close();
  await server.end();
});

async function idOf(name: string, on: Application = app): Promise<string> {
  const scope = { kind: 'all' } as const;
  const { rows } = await on.ask('records', 'page', { scope, sort, offset: 0, limit: 200 });
  return rows.find((row) => row.name === name && row.kind === 'record')?.id ?? '';
}

async function settled(): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', waiting: 0 });
    },
    { timeout: 20_000 },
  );
}

async function secretOf(recordId: string, state: string | null): Promise<string> {
  const field = { kind: 'password' } as const;
  return (await app.ask('history', 'reveal', { recordId, state, field })).value;
}

const differing = (fields: readonly ComparedField[]): string[] =>
  fields
    .filter(({ differs }) => differs)
    .map(({ kind, label }) => (label === '' ? kind : `${kind} ${label}`));

describe('former states', () => {
  it('are listed newest first, with who and when, and open under their keys', async () => {
    const recordId = await idOf('Datenbank');
    expect(await app.ask('history', 'offered', { recordId })).toEqual({ offered: true });
    const { rows, stale } = await app.ask('history', 'list', { recordId });
    expect(stale).toBeNull();
    expect(rows.every(({ by, at, broken }) => by === anna.fullName && at !== null && !broken)).toBe(true);
    const passwords = await Promise.all(rows.map(({ id }) => secretOf(recordId, id)));
    expect(passwords).toContain('first');
    expect(passwords.lastIndexOf('first')).toBeGreaterThan(passwords.indexOf('second'));
    expect(await secretOf(recordId, null)).toBe('пароль от базы');
  });

  it('are compared without a secret in the answer', async () => {
    const recordId = await idOf('Datenbank');
    const { rows } = await app.ask('history', 'list', { recordId });
    const from = app.crossings.length;
    const oldest = rows.at(-1)?.id ?? '';
    const { fields } = await app.ask('history', 'compare', { recordId, left: oldest, right: null });
    expect(differing(fields)).toContain('password');
    expect(differing(fields)).not.toContain('login');
    const crossed = asBytes(app.crossings.slice(from));
    for (const text of ['first', 'пароль от базы']) expect(crossed.includes(text)).toBe(false);
    const same = await app.ask('history', 'compare', { recordId, left: oldest, right: oldest });
    expect(differing(same.fields)).toEqual([]);
  });

  it('are put back whole, fields in between included, and what is equal keeps its ciphertext', async () => {
    const recordId = await idOf('Router');
    const before = app.accounts.current().mirror.records.get(recordId);
    await app.ask('editing', 'save', {
      recordId,
      fields: {
        name: 'Router',
        login: 'changed',
        password: set('changed too'),
        tags: [],
        customs: [
          { from: null, label: set('new field'), type: 'text', value: set('new') },
          { from: 1, label: keep, type: 'password', value: set('SN-1') },
        ],
      },
    });
    await settled();
    const { rows } = await app.ask('history', 'list', { recordId });
    const revisionId = rows[0]?.id ?? '';
    const compare = { recordId, left: revisionId, right: null };
    const { fields } = await app.ask('history', 'compare', compare);
    expect(differing(fields)).toEqual([
      'login',
      'password',
      'custom one-time code',
      'custom serial',
      'custom new field',
      'tags',
    ]);

    await app.ask('history', 'restore', { recordId, revisionId, fields: null });
    const again = await app.ask('history', 'compare', compare);
    expect(differing(again.fields)).toEqual([]);
    const view = await app.ask('records', 'read', { recordId });
    expect(view.fields.map(({ label, type }) => [label, type])).toEqual([
      ['', 'password'],
      ['one-time code', 'totp'],
      ['serial', 'text'],
    ]);
    // Sealed anew, never the former ciphertext: devices take a known one elsewhere for a forgery.
    const now = app.accounts.current().mirror.records.get(recordId);
    expect(now?.passwordEncrypted).not.toBe(before?.passwordEncrypted);
    await settled();
  });

  it('give back one field, without a network, from what was read before', async () => {
    const recordId = await idOf('Datenbank');
    const { rows } = await app.ask('history', 'list', { recordId });
    const revisionId = rows.at(-1)?.id ?? '';
    await app.ask('editing', 'save', { recordId, fields: { login: 'another' } });
    await settled();
    line.tell((_answer, response) => (response.destroy(), null));
    const offline = await app.ask('history', 'list', { recordId });
    expect(offline.stale).toBe('unreachable');
    expect(offline.rows).toEqual(rows);
    await app.ask('history', 'restore', {
      recordId,
      revisionId,
      fields: [{ kind: 'password', index: null }],
    });
    expect(await secretOf(recordId, null)).toBe('first');
    expect(await app.ask('records', 'read', { recordId })).toMatchObject({ login: 'another', pending: true });
    const unread = await idOf('Wi-Fi');
    expect(await app.refusal('history', 'list', { recordId: unread })).toBe('unreachable');
    line.tell(null);
    await settled();
    expect(await app.ask('records', 'read', { recordId })).toMatchObject({
      login: 'another',
      pending: false,
    });
  });

  it('follow their record into another vault', async () => {
    const recordId = await idOf('Door code');
    await app.ask('editing', 'save', { recordId, fields: { password: set('5678') } });
    await settled();
    await app.ask('editing', 'move', {
      recordIds: [recordId],
      to: { vaultId: organisation.servers.id, folderId: null },
    });
    await settled();
    const { rows } = await app.ask('history', 'list', { recordId });
    expect(rows.map(({ broken }) => broken)).not.toContain(true);
    expect(await secretOf(recordId, rows.at(-1)?.id ?? '')).toBe('1234');
  });

  it('whose key does not open say so, and only their plain fields can be put back', async () => {
    const recordId = await idOf('Wi-Fi');
    await app.ask('editing', 'save', { recordId, fields: { name: 'Wi-Fi', description: 'now' } });
    await settled();
    await app.ask('history', 'list', { recordId });
    const { revisions } = app.accounts.current().mirror;
    const [kept] = revisions.list(recordId);
    if (!kept) throw new Error('the record was changed, so it has a former state');
    revisions.replace(recordId, [{ ...kept, keyWrapped: 'damaged' }], 1);
    line.tell((_answer, response) => (response.destroy(), null));
    expect((await app.ask('history', 'list', { recordId })).rows).toMatchObject([{ broken: true }]);
    const restore = { recordId, revisionId: kept.id };
    expect(await app.refusal('history', 'restore', { ...restore, fields: null })).toBe('undecipherable');
    await app.ask('history', 'restore', { ...restore, fields: [{ kind: 'description', index: null }] });
    line.tell(null);
    await settled();
    expect((await app.ask('records', 'read', { recordId })).description).toBe(kept.description);
  });

  it('that hold a secret of another field are taken for a forgery', async () => {
    const recordId = await idOf('Router');
    const { rows } = await app.ask('history', 'list', { recordId });
    const { revisions, records } = app.accounts.current().mirror;
    const [kept] = revisions.list(recordId);
    const value = records.get(recordId)?.customs[0]?.value ?? '';
    if (!kept || value === '') throw new Error('the record has a former state and a custom field');
    revisions.replace(recordId, [{ ...kept, passwordEncrypted: value }], 1);
    const restore = { recordId, revisionId: kept.id, fields: [{ kind: 'password' as const, index: null }] };
    expect(await app.refusal('history', 'restore', restore)).toBe('tampered');
    line.tell((_answer, response) => (response.destroy(), null));
    expect((await app.ask('history', 'list', { recordId })).rows).toMatchObject([{ broken: true }]);
    line.tell(null);
    expect((await app.ask('history', 'list', { recordId })).rows).toEqual(rows);
  });

  it('work without client-side encryption as well', async () => {
    const plain = new Application();
    try {
      await plain.enrol(server.url, nina);
      const recordId = await idOf('Datenbank', plain);
      const { rows } = await plain.ask('history', 'list', { recordId });
      const values = await Promise.all(
        rows.map(({ id }) =>
          plain.ask('history', 'reveal', { recordId, state: id, field: { kind: 'password' } }),
        ),
      );
      expect(values.map(({ value }) => value)).toContain('first');
    } finally {
      await plain.close();
    }
  });

  it('are not offered by servers that do not list them', async () => {
    const hiding = await LyingProxy.start(server.url, ['snapshotList']);
    const device = new Application();
    try {
      await device.enrol(hiding.url, anna);
      const recordId = await idOf('Datenbank', device);
      expect(await device.ask('history', 'offered', { recordId })).toEqual({ offered: false });
      expect(await device.refusal('history', 'list', { recordId })).toBe('forbidden');
    } finally {
      await device.close();
      await hiding.close();
    }
  });
});
