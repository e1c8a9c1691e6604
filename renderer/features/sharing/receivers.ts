/**
 * Who is to get the records: people and groups as they are picked, with the keys that were shown for
 * them. A send names these keys, so what is wrapped is wrapped for what a person has seen.
 */
import { computed, ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import { sharingBounds } from '../../../contract/sharing.ts';
import { rosterStops } from '../../../contract/keytrust.ts';
import type { ReceiverKey, SharedGroup, SharedPerson, SharingWish } from '../../../contract/sharing.ts';
import { bridge } from '../../app/bridge.ts';

export interface ChosenGroup extends SharedGroup {
  readonly members: readonly SharedPerson[];
}

/** Keys asked for at once; as many as a page of members has. */
const portion = 50;

/** Nothing is wrapped for these. */
const without: ReadonlySet<string> = new Set(['missing', 'unreadable', 'changed']);

export function useReceivers() {
  const people = shallowRef<readonly SharedPerson[]>([]);
  const groups = shallowRef<readonly ChosenGroup[]>([]);
  const keys = shallowRef<ReadonlyMap<string, ReceiverKey>>(new Map());
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(0);

  async function asked<T>(asking: Promise<Result<T>>): Promise<T | null> {
    busy.value += 1;
    const answer = await asking;
    busy.value -= 1;
    if (!answer.ok) failure.value = answer.error;
    return answer.ok ? answer.value : null;
  }

  async function askKeys(userIds: readonly string[], anew = false): Promise<void> {
    const wanted = anew ? userIds : userIds.filter((id) => !keys.value.has(id));
    for (let at = 0; at < wanted.length; at += portion) {
      const answer = await asked(bridge().sharing.keysOf({ userIds: wanted.slice(at, at + portion) }));
      if (answer === null) return;
      keys.value = new Map([...keys.value, ...answer.keys.map((key) => [key.userId, key] as const)]);
    }
  }

  function addPerson(person: SharedPerson): void {
    failure.value = null;
    if (people.value.some(({ id }) => id === person.id)) return;
    if (people.value.length >= sharingBounds.people) return;
    people.value = [...people.value, person];
    void askKeys([person.id]);
  }

  /** The members are asked for first: each has a key that is to be shown. */
  async function addGroup(group: SharedGroup): Promise<void> {
    failure.value = null;
    if (groups.value.some(({ id }) => id === group.id) || groups.value.length >= sharingBounds.groups) return;
    const members: SharedPerson[] = [];
    for (let offset = 0; offset < sharingBounds.members; offset += 100) {
      const wish = { query: '', groupId: group.id, offset, limit: 100 };
      const page = await asked(bridge().sharing.people(wish));
      if (page === null) return;
      members.push(...page.people);
      if (offset + 100 >= page.total) break;
    }
    groups.value = [...groups.value, { ...group, members }];
    await askKeys(members.map(({ id }) => id));
  }

  function remove(id: string): void {
    people.value = people.value.filter((person) => person.id !== id);
    groups.value = groups.value.filter((group) => group.id !== id);
  }

  const isReady = computed(() => people.value.length + groups.value.length > 0 && busy.value === 0);

  /** Whether a person can be sent anything under the key as it stands. */
  function canGet(id: string): boolean {
    const key = keys.value.get(id);
    return key !== undefined && !without.has(key.trust) && !key.weak && !rosterStops(key.roster);
  }

  /** How many would get the records. */
  const reached = computed(() => {
    const all = [...people.value, ...groups.value.flatMap(({ members }) => members)];
    return new Set(all.map(({ id }) => id).filter(canGet)).size;
  });

  function wish(isSealed: boolean): Pick<SharingWish, 'people' | 'groups'> {
    const named = (all: readonly SharedPerson[]) =>
      all
        .filter(({ id }) => !isSealed || canGet(id))
        .map(({ id }) => ({
          userId: id,
          fingerprint: isSealed ? (keys.value.get(id)?.fingerprint ?? null) : null,
        }));
    return {
      people: named(people.value),
      groups: groups.value.map(({ id, members }) => ({ groupId: id, members: named(members) })),
    };
  }

  function clear(): void {
    people.value = [];
    groups.value = [];
    failure.value = null;
  }

  return {
    people,
    groups,
    keys,
    failure,
    isReady,
    reached,
    addPerson,
    addGroup,
    remove,
    askKeys,
    canGet,
    wish,
    clear,
  };
}
