// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { PersonAccess } from '../../../contract/vaultadmin.ts';
import { accessPage, useAccessList } from './accessList.ts';

const person = (index: number): PersonAccess => ({
  ...{ userId: `u${index}`, name: `Person ${index}`, login: `p${index}`, isMe: false },
  ...{ access: 'read', hasKey: true, own: 'read' },
  source: { kind: 'person', where: 'here', folderName: '', groups: [] },
});
const place = { vaultId: 'v', folderId: null };
let people: PersonAccess[];
let mayEnter: boolean;

beforeEach(() => {
  people = Array.from({ length: 230 }, (_, index) => person(index));
  mayEnter = true;
  const { api } = fakeBridge({
    vaultAdmin: {
      groups: () => (mayEnter ? done({ groups: null }) : refused),
      people: ({ offset, limit }) =>
        done({ total: people.length, people: people.slice(offset, offset + limit) }),
    },
  });
  vi.stubGlobal('strongroom', api);
});

const refused = { ok: false as const, error: { code: 'forbidden' as const, params: {} } };

describe('who may enter a place', () => {
  it('is read by the page, and once more as far as it was read', async () => {
    const scope = effectScope();
    await scope.run(async () => {
      const list = useAccessList(place);
      await list.load();
      expect(list.people.value).toHaveLength(accessPage);
      expect(list.total.value).toBe(230);
      await list.more();
      expect(list.people.value).toHaveLength(2 * accessPage);
      people = people.filter(({ userId }) => userId !== 'u3');
      await list.load();
      expect(list.people.value.map(({ userId }) => userId)).toEqual(
        people.slice(0, 2 * accessPage).map(({ userId }) => userId),
      );
    });
    scope.stop();
  });

  it('says why it cannot be read', async () => {
    mayEnter = false;
    const scope = effectScope();
    await scope.run(async () => {
      const list = useAccessList(place);
      await list.load();
      expect(list.failure.value?.code).toBe('forbidden');
      expect(list.total.value).toBeNull();
    });
    scope.stop();
  });
});
