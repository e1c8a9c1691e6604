/** The channels about vaults themselves and who may enter them. */
import type { VaultAdministration } from '../vaults/index.ts';
import type { Handlers } from './door.ts';

/** For channels whose answer is that the work is done. */
async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work;
  return {};
}

export function vaultHandlers({ vaults, access }: VaultAdministration): Pick<Handlers, 'vaultAdmin'> {
  return {
    vaultAdmin: {
      types: () => vaults.types(),
      administrators: ({ typeId }) => vaults.administrators(typeId),
      create: (input) => vaults.create(input),
      facts: ({ vaultId }) => vaults.facts(vaultId),
      describe: (input) => done(vaults.describe(input)),
      setSettings: (input) => done(vaults.setSettings(input)),
      setType: (input) => done(vaults.setType(input)),
      setVisible: ({ vaultId, isVisible }) => done(vaults.setVisible(vaultId, isVisible)),
      leave: ({ vaultId }) => done(vaults.leave(vaultId)),
      remove: ({ vaultId }) => done(vaults.remove(vaultId)),
      deleted: () => vaults.deleted(),
      restore: ({ vaultId }) => done(vaults.restore(vaultId)),
      erase: ({ vaultId }) => done(vaults.erase(vaultId)),
      people: (input) => access.people(input),
      groups: (input) => access.groups(input),
      person: (input) => access.person(input),
      setPerson: (input) => done(access.setPerson(input)),
      setGroup: (input) => done(access.setGroup(input)),
    },
  };
}
