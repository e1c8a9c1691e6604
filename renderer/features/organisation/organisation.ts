/** The organisation's rules and vault types as the administration shows them. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type {
  ActivityRetention,
  OfflineRule,
  OrganisationRules,
  PasswordDemand,
} from '../../../contract/organisation.ts';
import type { VaultType } from '../../../contract/vaulttypes.ts';
import { bridge } from '../../app/bridge.ts';

export interface TypeContent extends Pick<VaultType, 'name' | 'creation' | 'creatorAccess'> {
  readonly administratorIds: string[] | null;
}

export const useOrganisation = defineStore('organisation', () => {
  const rules = shallowRef<OrganisationRules | null>(null);
  const types = shallowRef<readonly VaultType[] | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().organisation.read({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) rules.value = answer.value;
  }

  async function loadTypes(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().vaultTypes.list({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) types.value = answer.value.types;
  }

  async function setOffline(rule: OfflineRule): Promise<Failure | null> {
    const answer = await bridge().organisation.setOffline(rule);
    if (answer.ok && rules.value) rules.value = { ...rules.value, offline: rule };
    return answer.ok ? null : answer.error;
  }

  async function setPasswords(demand: PasswordDemand): Promise<Failure | null> {
    const answer = await bridge().organisation.setPasswords(demand);
    if (answer.ok && rules.value) rules.value = { ...rules.value, passwords: demand };
    return answer.ok ? null : answer.error;
  }

  async function setActivity(retention: ActivityRetention): Promise<Failure | null> {
    const answer = await bridge().organisation.setActivity(retention);
    if (answer.ok && rules.value) rules.value = { ...rules.value, activity: retention };
    return answer.ok ? null : answer.error;
  }

  async function saveType(typeId: string | null, content: TypeContent): Promise<Failure | null> {
    const answer =
      typeId === null
        ? await bridge().vaultTypes.create(content)
        : await bridge().vaultTypes.change({ typeId, ...content });
    if (!answer.ok) return answer.error;
    await loadTypes();
    return null;
  }

  async function removeType(typeId: string): Promise<Failure | null> {
    const answer = await bridge().vaultTypes.remove({ typeId });
    if (!answer.ok) return answer.error;
    await loadTypes();
    return null;
  }

  function forget(): void {
    number += 1;
    rules.value = null;
    types.value = null;
    failure.value = null;
  }

  return {
    ...{
      rules,
      types,
      failure,
      load,
      loadTypes,
      setOffline,
      setPasswords,
      setActivity,
      saveType,
      removeType,
      forget,
    },
  };
});
