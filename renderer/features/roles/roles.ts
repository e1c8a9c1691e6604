/** The roles of the organisation, as lists and forms name them. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import type { Role } from '../../../contract/roles.ts';
import { bridge } from '../../app/bridge.ts';

export const useRoles = defineStore('roles', () => {
  const roles = shallowRef<readonly Role[] | null>(null);
  const permissions = shallowRef<readonly string[]>([]);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().roles.list({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    roles.value = answer.value.roles;
    permissions.value = answer.value.permissions;
  }

  /** Null when it was done. */
  async function save(
    roleId: string | null,
    content: { readonly name: string; readonly permissions: string[] },
  ): Promise<Failure | null> {
    const answer =
      roleId === null
        ? await bridge().roles.create(content)
        : await bridge().roles.change({ roleId, ...content });
    if (!answer.ok) return answer.error;
    await load();
    return null;
  }

  async function remove(roleId: string): Promise<Failure | null> {
    const answer = await bridge().roles.remove({ roleId });
    if (!answer.ok) return answer.error;
    await load();
    return null;
  }

  function forget(): void {
    number += 1;
    roles.value = null;
    permissions.value = [];
    failure.value = null;
  }

  return { roles, permissions, failure, load, save, remove, forget };
});

/** Built-in roles have a name in every language; the others the one that they were given. */
export function useRoleWords() {
  const { t } = useI18n();
  const store = useRoles();
  const nameOf = (role: Pick<Role, 'code' | 'name'>): string =>
    role.code === 'administrator' || role.code === 'user' ? t(`team.roles.builtIn.${role.code}`) : role.name;
  const byId = computed(() => new Map((store.roles ?? []).map((role) => [role.id, role])));

  function nameOfId(roleId: string): string {
    const role = byId.value.get(roleId);
    return role ? nameOf(role) : '';
  }

  const options = computed(() => (store.roles ?? []).map((role) => ({ value: role.id, text: nameOf(role) })));
  return { nameOf, nameOfId, options };
}
