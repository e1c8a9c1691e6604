/** Who may enter one place, as far as it was read: people by the page, and the groups. */
import { onScopeDispose, ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { AccessPlace, GroupAccess, PersonAccess } from '../../../contract/vaultadmin.ts';
import { bridge } from '../../app/bridge.ts';

export const accessPage = 100;

export function useAccessList(place: AccessPlace) {
  const people = shallowRef<readonly PersonAccess[]>([]);
  /** Null until the first answer. */
  const total = ref<number | null>(null);
  /** Null for who may not see the access of the whole vault. */
  const groups = shallowRef<readonly GroupAccess[] | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let wanted = accessPage;
  let number = 0;

  /** Reads everything that was read before once more, so that nobody is shown twice or missed. */
  async function load(): Promise<void> {
    const asked = ++number;
    const named = await bridge().vaultAdmin.groups(place);
    if (asked !== number) return;
    failure.value = named.ok ? null : named.error;
    if (!named.ok) return;
    const read: PersonAccess[] = [];
    for (let offset = 0; offset < wanted; offset += accessPage) {
      const page = await bridge().vaultAdmin.people({ ...place, offset, limit: accessPage });
      if (asked !== number) return;
      failure.value = page.ok ? null : page.error;
      if (!page.ok) return;
      read.push(...page.value.people);
      total.value = page.value.total;
      if (page.value.people.length < accessPage) break;
    }
    groups.value = named.value.groups;
    people.value = read;
  }

  async function more(): Promise<void> {
    wanted += accessPage;
    await load();
  }

  onScopeDispose(() => (number += 1));
  void load();

  return { people, total, groups, failure, load, more };
}
