// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { RecordChange } from '../../../contract/editing.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { RecordView } from '../../../contract/records.ts';
import type { EditorTarget } from './editor.ts';
import { useRecordForm } from './recordForm.ts';

const stored: RecordView = {
  id: 'r1',
  kind: 'record',
  name: 'Router',
  login: 'admin',
  urls: [],
  description: '',
  tags: [],
  color: 0,
  favourite: false,
  vaultId: 'v1',
  vaultName: 'Net',
  vaultTrust: 'verified',
  path: [],
  fields: [{ ref: { kind: 'password' }, type: 'password', label: '', empty: false, broken: false }],
  attachments: [],
  writable: true,
  can: { edit: true, remove: true, move: true, copy: true },
  pending: false,
  conflictId: null,
  flagged: false,
  original: null,
  sender: null,
  updatedAt: null,
  keyBroken: false,
};
const editing: EditorTarget = { kind: 'edit', recordId: 'r1' };
let bridge: FakeBridge;
let refusal: ErrorCode | null;
let view: RecordView;
/** What crossed, and the very bytes that were lent to the bridge. */
let sent: { text: string; fields: RecordChange } | null;

function keep(fields: RecordChange): void {
  const { password } = fields;
  const text = password?.kind === 'set' ? new TextDecoder().decode(password.value) : '';
  sent = { text, fields };
}

beforeEach(() => {
  setActivePinia(createPinia());
  refusal = null;
  sent = null;
  view = stored;
  const answer = () => (refusal ? { ok: false as const, error: { code: refusal, params: {} } } : null);
  bridge = fakeBridge({
    records: { read: () => done(view) },
    editing: {
      save: ({ fields }) => (keep(fields), answer() ?? done({})),
      create: ({ fields }) => (keep(fields), answer() ?? done({ recordId: 'new' })),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

function open(target: EditorTarget, typed = '') {
  const scope = effectScope();
  const form = scope.run(() => useRecordForm(target, () => new TextEncoder().encode(typed)));
  if (!form) throw new Error('the scope had ended');
  return form;
}

describe('the form of a record', () => {
  it('sends a typed secret once and wipes the bytes that it lent', async () => {
    const form = open(editing, 'hunter2');
    await form.load();
    if (form.draft.value) form.draft.value.password = { mode: 'typed', length: 7 };
    expect(form.touched.value).toBe(true);
    expect(await form.send()).toBe('r1');
    expect(sent?.text).toBe('hunter2');
    const lent = sent?.fields.password;
    expect(lent?.kind === 'set' && lent.value.every((byte) => byte === 0)).toBe(true);
  });

  it('stands as it was when saving fails, and wipes all the same', async () => {
    refusal = 'diskFull';
    const form = open(editing, 'hunter2');
    await form.load();
    if (form.draft.value)
      Object.assign(form.draft.value, { name: 'Mine', password: { mode: 'typed', length: 7 } });
    expect(await form.send()).toBeNull();
    expect(form.failure.value?.code).toBe('diskFull');
    expect(form.draft.value?.name).toBe('Mine');
    expect(form.busy.value).toBe(false);
    const lent = sent?.fields.password;
    expect(lent?.kind === 'set' && lent.value.every((byte) => byte === 0)).toBe(true);
    refusal = null;
    expect(await form.send()).toBe('r1');
  });

  it('asks for a name and a place before anything is sent', async () => {
    const form = open({ kind: 'create', place: null });
    expect(await form.send()).toBeNull();
    expect(form.problem.value).toBe('name');
    if (form.draft.value) form.draft.value.name = 'New';
    expect(await form.send()).toBeNull();
    expect(form.problem.value).toBe('place');
    expect(sent).toBeNull();
    form.place.value = { vaultId: 'v1', folderId: null };
    expect(await form.send()).toBe('new');
    expect(bridge.calls.at(-1)?.input).toEqual({
      place: { vaultId: 'v1', folderId: null },
      fields: { name: 'New' },
    });
  });

  it('refuses a secret that is too long instead of cutting it', async () => {
    const form = open(editing, 'x'.repeat(70_000));
    await form.load();
    if (form.draft.value) form.draft.value.password = { mode: 'typed', length: 70_000 };
    expect(await form.send()).toBeNull();
    expect(form.problem.value).toBe('tooLong');
    expect(sent).toBeNull();
  });

  it('follows the record while it changes elsewhere and keeps what was typed', async () => {
    const form = open(editing);
    await form.load();
    if (form.draft.value) form.draft.value.login = 'mine';
    view = { ...stored, name: 'Router Riga', login: 'theirs' };
    bridge.emit('mirrorChanged', { accountId: 'a', recordIds: ['r1'] });
    await vi.waitFor(() => expect(form.changedElsewhere.value).toBe(true));
    expect(form.draft.value).toMatchObject({ name: 'Router Riga', login: 'mine' });
    expect(await form.send()).toBe('r1');
    expect(sent?.fields).toEqual({ login: 'mine' });
  });
});
