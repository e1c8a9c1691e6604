/** Groups as the administration shows them: the list, and the group that is open. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Group, GroupReach } from '../../../contract/groups.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import type { Person } from '../../../contract/people.ts';
import { bridge } from '../../app/bridge.ts';
import { createRemoteRows } from '../people/rowPages.ts';

export const useGroups = defineStore('groups', () => {
  const search = ref('');
  const memberSearch = ref('');
  const open = shallowRef<Group | null>(null);
  const reach = shallowRef<GroupReach | null>(null);
  const reachFailure = shallowRef<Failure | null>(null);
  let number = 0;

  const rows = createRemoteRows<Group>((offset, limit) =>
    bridge().groups.page({ search: search.value, offset, limit }),
  );
  const members = createRemoteRows<Person>((offset, limit) =>
    bridge().groups.members({
      ...{ groupId: open.value?.id ?? '', search: memberSearch.value, offset, limit },
    }),
  );

  async function show(group: Group): Promise<void> {
    open.value = group;
    memberSearch.value = '';
    reach.value = null;
    reachFailure.value = null;
    const asked = ++number;
    const [answer] = await Promise.all([bridge().groups.reach({ groupId: group.id }), members.restart()]);
    if (asked !== number) return;
    reachFailure.value = answer.ok ? null : answer.error;
    if (answer.ok) reach.value = answer.value;
  }

  function close(): void {
    number += 1;
    members.drop();
    open.value = null;
    void rows.restart();
  }

  async function create(name: string): Promise<Failure | null> {
    const answer = await bridge().groups.create({ name });
    if (!answer.ok) return answer.error;
    await show({ id: answer.value.groupId, name, memberCount: 0 });
    return null;
  }

  async function rename(name: string): Promise<Failure | null> {
    const group = open.value;
    if (group === null) return null;
    const answer = await bridge().groups.rename({ groupId: group.id, name });
    if (answer.ok) open.value = { ...group, name };
    return answer.ok ? null : answer.error;
  }

  async function remove(): Promise<Failure | null> {
    const group = open.value;
    if (group === null) return null;
    const answer = await bridge().groups.remove({ groupId: group.id });
    if (answer.ok) close();
    return answer.ok ? null : answer.error;
  }

  /** Something done to the members; then they are read once more. */
  async function change(call: (groupId: string) => Promise<Result<unknown>>): Promise<Failure | null> {
    const group = open.value;
    if (group === null) return null;
    const answer = await call(group.id);
    if (answer.ok) await members.restart();
    return answer.ok ? null : answer.error;
  }

  const add = (userIds: string[]) => change((groupId) => bridge().groups.addMembers({ groupId, userIds }));
  const takeOut = (userId: string) =>
    change((groupId) => bridge().groups.removeMembers({ groupId, userIds: [userId] }));

  function forget(): void {
    number += 1;
    rows.drop();
    members.drop();
    search.value = '';
    memberSearch.value = '';
    open.value = null;
    reach.value = null;
  }

  return {
    ...{ search, memberSearch, open, reach, reachFailure, rows, members },
    ...{ show, close, create, rename, remove, add, takeOut, forget },
  };
});
