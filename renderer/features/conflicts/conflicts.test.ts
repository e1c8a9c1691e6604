// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { ConflictView } from '../../../contract/conflicts.ts';
import { useConflicts } from './conflicts.ts';

const view = (id: string): ConflictView => ({
  id,
  kind: 'fields',
  recordId: 'r1',
  name: 'Router',
  vaultName: 'Net',
  at: 1,
  fieldCount: 0,
  fields: [],
});
let bridge: FakeBridge;
let refused: boolean;

beforeEach(() => {
  setActivePinia(createPinia());
  refused = false;
  bridge = fakeBridge({
    conflicts: {
      list: () => done({ rows: [] }),
      read: ({ id }) => done(view(id)),
      resolve: () => (refused ? { ok: false, error: { code: 'changedMeanwhile', params: {} } } : done({})),
      decide: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('deciding a conflict', () => {
  it('sends one choice for every field and closes the screen', async () => {
    const conflicts = useConflicts();
    conflicts.open('c1');
    await vi.waitFor(() => expect(conflicts.view?.id).toBe('c1'));
    const settled = await conflicts.resolve(
      new Map([
        ['password', 'both'],
        ['login', 'theirs'],
      ]),
    );
    expect(settled).toBe(true);
    expect(bridge.calls.find(({ name }) => name === 'conflicts.resolve')?.input).toEqual({
      id: 'c1',
      picks: [
        { key: 'password', pick: 'both' },
        { key: 'login', pick: 'theirs' },
      ],
    });
    expect(conflicts.openId).toBeNull();
  });

  it('stays open with the reason when it is refused', async () => {
    refused = true;
    const conflicts = useConflicts();
    conflicts.open('c1');
    expect(await conflicts.resolve(new Map())).toBe(false);
    expect(conflicts.openId).toBe('c1');
    expect(conflicts.refusal?.code).toBe('changedMeanwhile');
  });

  it('drops an answer for a conflict that was left', async () => {
    const conflicts = useConflicts();
    conflicts.open('c1');
    conflicts.open('c2');
    await vi.waitFor(() => expect(conflicts.view).not.toBeNull());
    expect(conflicts.view?.id).toBe('c2');
  });

  it('forgets both sides at lock', async () => {
    const conflicts = useConflicts();
    conflicts.open('c1');
    await vi.waitFor(() => expect(conflicts.view).not.toBeNull());
    conflicts.forget();
    expect([conflicts.openId, conflicts.view, conflicts.rows]).toEqual([null, null, []]);
  });
});
