/** The channels about people, groups, roles, vault types, the log and the organisation's rules. */
import type { Team } from '../vaults/index.ts';
import type { Handlers } from './door.ts';

type TeamFeatures = 'activity' | 'directory' | 'groups' | 'organisation' | 'people' | 'roles' | 'vaultTypes';

/** For channels whose answer is that the work is done. */
async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work;
  return {};
}

export function teamHandlers(team: Team): Pick<Handlers, TeamFeatures> {
  const { activity, directory, groups, organisation, people, roles } = team;
  return {
    people: {
      page: (input) => people.page(input),
      read: ({ userId }) => people.read(userId),
      reach: ({ userId }) => people.reach(userId),
      create: (input) => people.create(input),
      update: ({ userId, fullName, email }) => done(people.update(userId, { fullName, email })),
      setRole: ({ userId, roleId }) => done(people.setRole(userId, roleId)),
      setBlocked: ({ userId, blocked }) => done(people.setBlocked(userId, blocked)),
      unlock: ({ userId }) => done(people.unlock(userId)),
      resetTwoFactor: ({ userId }) => done(people.resetTwoFactor(userId)),
      setPassword: ({ userId }) => people.setPassword(userId),
      heldAlone: ({ userId }) => people.heldAlone(userId),
      remove: ({ userId }) => people.remove(userId),
      resetMasterPassword: ({ userId }) => people.resetMasterPassword(userId),
      invite: (input) => people.invite(input),
      invitations: () => people.invitations(),
      withdraw: ({ id }) => done(people.withdraw(id)),
      copyHandout: ({ handoutId }) => people.copyHandout(handoutId),
      showHandout: ({ handoutId }) => people.showHandout(handoutId),
      forgetHandout: ({ handoutId }) => {
        people.forgetHandout(handoutId);
        return {};
      },
    },
    groups: {
      page: (input) => groups.page(input),
      members: (input) => groups.members(input),
      reach: ({ groupId }) => groups.reach(groupId),
      create: ({ name }) => groups.create(name),
      rename: ({ groupId, name }) => done(groups.rename(groupId, name)),
      remove: ({ groupId }) => done(groups.remove(groupId)),
      addMembers: ({ groupId, userIds }) => done(groups.addMembers(groupId, userIds)),
      removeMembers: ({ groupId, userIds }) => done(groups.removeMembers(groupId, userIds)),
    },
    roles: {
      list: () => roles.list(),
      create: (input) => roles.create(input),
      change: (input) => done(roles.change(input)),
      remove: ({ roleId }) => done(roles.remove(roleId)),
    },
    directory: {
      read: () => directory.read(),
      save: (input) => done(directory.save(input)),
      remove: () => done(directory.remove()),
      test: (input) => directory.test(input),
      groups: () => directory.groups(),
      preview: () => directory.preview(),
      sync: ({ digest }) => done(directory.sync(digest)),
    },
    activity: {
      offered: ({ scope }) => activity.offered(scope),
      page: (input) => activity.page(input),
      export: (input) => activity.export(input),
    },
    organisation: {
      read: () => organisation.read(),
      setOffline: (input) => done(organisation.setOffline(input)),
      setPasswords: (input) => done(organisation.setPasswords(input)),
      setActivity: (input) => done(organisation.setActivity(input)),
    },
    vaultTypes: {
      list: () => organisation.types(),
      administrators: ({ typeId }) => organisation.administrators(typeId),
      create: (input) => organisation.createType(input),
      change: (input) => done(organisation.changeType(input)),
      remove: ({ typeId }) => done(organisation.removeType(typeId)),
    },
  };
}
