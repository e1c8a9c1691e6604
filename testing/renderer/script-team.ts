/** The scripted team: people, groups, roles, vault types, the log and the organisation's rules. */
import type { ActivityFilter } from '../../contract/activity.ts';
import type { Group } from '../../contract/groups.ts';
import type { Person } from '../../contract/people.ts';
import { scriptDirectory } from './script-directory.ts';
import type { Handlers, Stage } from './scripted.ts';
import {
  sampleActivity,
  sampleAdministrators,
  sampleGroups,
  sampleInvitations,
  sampleColleagues,
  samplePeople,
  sampleReach,
  sampleRoles,
  sampleTypes,
} from './sample-team.ts';

const handout = { handoutId: 'handout-1', keptUntil: Date.now() + 900_000 };
const secret = 'kR7vTq2mXw9LbZe4uHdP';
const lostVaults = [{ id: 'v9', name: 'Personal notes' }];
const copied = { clearsAt: Date.now() + 30_000, totalMs: 30_000 };

const holds = (text: string, search: string): boolean => text.toLowerCase().includes(search.toLowerCase());

function scriptPeople(all: Person[], now: number): Pick<Handlers, 'people'> {
  const find = (userId: string): Person | undefined => all.find(({ id }) => id === userId);
  const change = (userId: string, changed: Partial<Person>): Record<string, never> => {
    const at = all.findIndex(({ id }) => id === userId);
    const person = all[at];
    if (person) all[at] = { ...person, ...changed };
    return {};
  };
  let invitations = all.length > 1 ? sampleInvitations(now) : [];
  return {
    people: {
      page: ({ search, roleId, groupId, blocked, offset, limit }) => {
        const found = all.filter(
          (person) =>
            holds(`${person.login} ${person.fullName} ${person.email}`, search) &&
            (roleId === null || person.roleId === roleId) &&
            (groupId === null || Number(person.id.slice(7)) % 9 === 0) &&
            (blocked === null || person.blocked === blocked),
        );
        return { total: found.length, rows: found.slice(offset, offset + limit) };
      },
      read: ({ userId }) => {
        const person = find(userId);
        if (!person) return { fails: 'notFound' };
        const groups = sampleGroups.slice(0, 2).map(({ id, name }) => ({ id, name }));
        return { ...person, groups, self: userId === 'person-0' };
      },
      reach: () => ({ vaults: all.length > 1 ? [...sampleReach] : [], hidden: all.length > 1 ? 3 : 0 }),
      create: () => ({ userId: 'person-1', ...handout }),
      update: ({ userId, fullName, email }) => change(userId, { fullName, email }),
      setRole: ({ userId, roleId }) => change(userId, { roleId }),
      setBlocked: ({ userId, blocked }) => change(userId, { blocked }),
      unlock: () => ({}),
      resetTwoFactor: () => ({}),
      setPassword: () => handout,
      heldAlone: () => ({ vaults: lostVaults }),
      remove: () => ({ lostVaults }),
      resetMasterPassword: ({ userId }) => {
        change(userId, { hasKeys: false });
        return { lostVaults, requested: 4 };
      },
      invite: () => ({ id: 'invite-3', expiresAt: now + 7 * 86_400_000, ...handout }),
      invitations: () => ({ invitations }),
      withdraw: ({ id }) => {
        invitations = invitations.filter((each) => each.id !== id);
        return {};
      },
      copyHandout: () => copied,
      showHandout: () => ({ text: secret }),
      forgetHandout: () => ({}),
    },
  };
}

function scriptGroups(people: readonly Person[], all: Group[]): Pick<Handlers, 'groups'> {
  return {
    groups: {
      page: ({ search, offset, limit }) => {
        const found = all.filter(({ name }) => holds(name, search));
        return { total: found.length, rows: found.slice(offset, offset + limit) };
      },
      members: ({ groupId, search, offset, limit }) => {
        const count = all.find(({ id }) => id === groupId)?.memberCount ?? 0;
        const found = people.slice(0, count).filter(({ fullName }) => holds(fullName, search));
        return { total: found.length, rows: found.slice(offset, offset + limit) };
      },
      reach: () => ({
        vaults: sampleReach.map(({ id, name, access, inFolder }) => ({ id, name, access, inFolder })),
        ...{ total: sampleReach.length + 1, hidden: 1 },
      }),
      create: ({ name }) => {
        all.push({ id: `group-${all.length}`, name, memberCount: 0 });
        return { groupId: `group-${all.length - 1}` };
      },
      rename: () => ({}),
      remove: () => ({}),
      addMembers: () => ({}),
      removeMembers: () => ({}),
    },
  };
}

function scriptActivity(count: number, now: number): Pick<Handlers, 'activity'> {
  const all = sampleActivity(count, now);
  const passes = ({ events, from, to }: ActivityFilter, event: string, at: number): boolean =>
    (events.length === 0 || events.includes(event)) && at >= (from ?? 0) && at <= (to ?? now);
  return {
    activity: {
      offered: () => ({ offered: count > 0 }),
      page: ({ filter, offset, limit }) => {
        const found = all.filter(({ event, at }) => passes(filter, event, at ?? 0));
        return { total: found.length, rows: found.slice(offset, offset + limit) };
      },
      export: () => ({ saved: true }),
    },
  };
}

type Team = 'activity' | 'directory' | 'groups' | 'organisation' | 'people' | 'roles' | 'vaultTypes';

export function scriptTeam({ scenario }: Stage): Pick<Handlers, Team> {
  const now = Date.now();
  const people = scenario.empty ? samplePeople(1) : [...samplePeople(9_995), ...sampleColleagues];
  return {
    ...scriptPeople(people, now),
    ...scriptGroups(people, scenario.empty ? [] : [...sampleGroups]),
    ...scriptDirectory(scenario),
    ...scriptActivity(scenario.administers && !scenario.empty ? 5000 : 0, now),
    roles: {
      list: () => ({
        roles: scenario.empty ? sampleRoles.slice(0, 2) : [...sampleRoles],
        permissions: [...(sampleRoles[0]?.permissions ?? [])],
      }),
      create: () => ({ roleId: 'role-new' }),
      change: () => ({}),
      remove: () => ({ fails: 'stillInUse' }),
    },
    organisation: {
      read: () => ({
        offline: { allowed: true, days: 30 },
        passwords: { minimumLength: 14, requiredSets: ['lower', 'digits'], minimumBits: 0 },
        activity: { days: 365 },
      }),
      setOffline: () => ({}),
      setPasswords: () => ({}),
      setActivity: () => ({}),
    },
    vaultTypes: {
      list: () => ({ types: scenario.empty ? sampleTypes.slice(0, 2) : [...sampleTypes] }),
      administrators: () => ({ people: [...sampleAdministrators] }),
      create: () => ({ typeId: 'type-new' }),
      change: () => ({}),
      remove: () => ({}),
    },
  };
}
