// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { Group } from '../../../contract/groups.ts';
import { useGroups } from './groups.ts';

let all: Group[];
let members: string[];
let bridge: FakeBridge;

const person = (id: string) => ({
  ...{ id, login: id, fullName: id, email: '', blocked: false, roleId: 'r', hasKeys: true },
});

beforeEach(() => {
  setActivePinia(createPinia());
  all = [{ id: 'g1', name: 'Backend', memberCount: 1 }];
  members = ['anna'];
  bridge = fakeBridge({
    groups: {
      page: ({ search }) => {
        const rows = all.filter(({ name }) => name.includes(search));
        return done({ total: rows.length, rows });
      },
      members: () => done({ total: members.length, rows: members.map(person) }),
      reach: () => done({ vaults: [], total: 3, hidden: 3 }),
      create: ({ name }) => {
        all.push({ id: 'g2', name, memberCount: 0 });
        return done({ groupId: 'g2' });
      },
      addMembers: ({ userIds }) => {
        members.push(...userIds);
        return done({});
      },
      removeMembers: () => ({ ok: false, error: { code: 'forbidden', params: {} } }),
      remove: ({ groupId }) => {
        all = all.filter(({ id }) => id !== groupId);
        return done({});
      },
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('groups', () => {
  it('open on their members and on how many vaults name them', async () => {
    const groups = useGroups();
    await groups.rows.restart();
    const first = groups.rows.rowAt(0);
    if (!first) throw new Error('no group');
    await groups.show(first);
    expect([groups.members.total, groups.reach?.total]).toEqual([1, 3]);
  });

  it('show who was added at once, and keep whom the server does not let go', async () => {
    const groups = useGroups();
    await groups.show({ id: 'g1', name: 'Backend', memberCount: 1 });
    expect(await groups.add(['boris'])).toBeNull();
    expect(groups.members.rowAt(1)?.id).toBe('boris');
    expect((await groups.takeOut('boris'))?.code).toBe('forbidden');
    expect(groups.members.total).toBe(2);
  });

  it('are opened when they are new, and closed when they are deleted', async () => {
    const groups = useGroups();
    expect(await groups.create('Legal')).toBeNull();
    expect(groups.open?.name).toBe('Legal');
    expect(await groups.remove()).toBeNull();
    expect(groups.open).toBeNull();
    await groups.rows.restart();
    expect(groups.rows.total).toBe(1);
  });
});
