/** What holds for the whole organisation: its rules, and the types that its vaults can have. */
import type { Input, Output } from '../../../contract/index.ts';
import type {
  ActivityRetention,
  OfflineRule,
  OrganisationRules,
  PasswordDemand,
} from '../../../contract/organisation.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import {
  changeVaultType,
  createVaultType,
  deleteVaultType,
  listRuledVaultTypes,
  listTypeAdministrators,
  readAccount,
  readActivityRetention,
  readSettings,
  setActivityRetention,
  setOfflineRule,
  setPasswordDemand,
} from '../../remote/index.ts';
import type { RemoteClient } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

const nothingDemanded: PasswordDemand = { minimumLength: 0, requiredSets: [], minimumBits: 0 };
const atATime = 5;

export class OrganisationDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  async read(): Promise<OrganisationRules> {
    const { mirror, client } = this.#current();
    const features = announcedFeatures(mirror);
    const { offline, passwordPolicies } = await readSettings(client);
    const demand = passwordPolicies?.organisation ?? nothingDemanded;
    return {
      offline: features.has('offlinePolicy') ? offline : null,
      passwords: features.has('passwordPolicies')
        ? { ...demand, requiredSets: [...demand.requiredSets] }
        : null,
      activity: features.has('activityRetention') ? await readActivityRetention(client) : null,
    };
  }

  async setOffline(rule: OfflineRule): Promise<void> {
    const { client, synchroniser } = this.#current();
    await setOfflineRule(client, rule);
    synchroniser.schedule.wanted();
  }

  async setPasswords(demand: PasswordDemand): Promise<void> {
    const { client, synchroniser } = this.#current();
    await setPasswordDemand(client, demand);
    synchroniser.schedule.wanted();
  }

  async setActivity({ days }: ActivityRetention): Promise<void> {
    await setActivityRetention(this.#current().client, days);
  }

  async types(): Promise<Output<'vaultTypes', 'list'>> {
    const types = (await listRuledVaultTypes(this.#current().client)).map(({ id, code, name, rules }) => {
      return { id, code, name, ...rules };
    });
    return { types };
  }

  /** Who administers every vault of a type, by name. */
  async administrators(typeId: string): Promise<Output<'vaultTypes', 'administrators'>> {
    const { client } = this.#current();
    const found = await listTypeAdministrators(client, typeId);
    const people = [];
    for (let at = 0; at < found.length; at += atATime) {
      const some = found.slice(at, at + atATime);
      const names = await Promise.all(some.map(({ id }) => nameOf(client, id)));
      people.push(...some.map(({ id, hasKeys }, index) => ({ id, hasKeys, name: names[index] ?? id })));
    }
    return { people: people.toSorted((a, b) => a.name.localeCompare(b.name)) };
  }

  async createType(content: Input<'vaultTypes', 'create'>): Promise<{ typeId: string }> {
    return { typeId: await createVaultType(this.#current().client, content) };
  }

  changeType({ typeId, ...content }: Input<'vaultTypes', 'change'>): Promise<unknown> {
    return changeVaultType(this.#current().client, typeId, content);
  }

  removeType(typeId: string): Promise<unknown> {
    return deleteVaultType(this.#current().client, typeId);
  }
}

/** The id of somebody who was deleted since. */
async function nameOf(client: RemoteClient, userId: string): Promise<string> {
  try {
    const { fullName, login } = await readAccount(client, userId);
    return fullName || login;
  } catch (cause) {
    if (!(cause instanceof StrongroomError) || cause.code !== 'notFound') throw cause;
    return userId;
  }
}
