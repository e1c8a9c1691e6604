/** The scripted directory: connected in a filled organisation, none in an empty one. */
import type { DirectoryChange, DirectorySettings } from '../../contract/directory.ts';
import type { Handlers, Stage } from './scripted.ts';

const settings: DirectorySettings = {
  ...{ url: 'ldaps://ldap.corp.example', startTls: false, ca: null, bindDn: 'cn=vault,dc=corp,dc=example' },
  people: { bases: ['ou=people,dc=corp,dc=example'], filter: '(objectClass=inetOrgPerson)' },
  groups: {
    ...{ bases: ['ou=groups,dc=corp,dc=example'], filter: '(objectClass=groupOfNames)' },
    taken: [{ dn: 'cn=admins,ou=groups,dc=corp,dc=example', groupId: 'group-1' }],
  },
  attributes: {
    ...{ login: 'uid', fullName: 'cn', email: 'mail', uniqueId: 'entryUUID' },
    ...{ groupName: 'cn', groupMember: 'member' },
  },
  ...{ membersAre: 'dn', logsIn: true, adopts: false, intervalMinutes: 60 },
};
const counts = {
  ...{ added: 12, adopted: 0, changed: 3, blocked: 1, unblocked: 0, groupsMade: 0 },
  ...{ joined: 4, left: 1, requested: 9 },
};
const groups = ['admins', 'finance', 'marketing', 'servers'].map((name) => ({
  ...{ dn: `cn=${name},ou=groups,dc=corp,dc=example`, name },
}));

function change(kind: DirectoryChange['kind'], login: string, fullName: string, group = ''): DirectoryChange {
  return { kind, login, fullName, group, formerLogin: kind === 'change' ? `${login}.old` : null };
}

const few = [
  change('add', 'v.orlova', 'Вера Орлова'),
  change('change', 'j.harbour', 'Jane Harbour'),
  change('block', 'gone', ''),
  change('join', 'v.orlova', '', 'Системные администраторы'),
  change('leave', 'm.former', '', 'Finance'),
];
const many = Array.from({ length: 10_000 }, (_, number) =>
  change('add', `person${number}`, `Person ${number}`),
);

export function scriptDirectory({ empty }: Stage['scenario']): Pick<Handlers, 'directory'> {
  let known = empty ? null : settings;
  const conflicts = [{ kind: 'loginTaken' as const, name: 'orlova' }];
  return {
    directory: {
      read: () => ({
        ...{ settings: known, progress: null },
        outcome: known && {
          ...{ finishedAt: Date.now() - 3_600_000, result: 'done' as const, fault: null, counts },
          ...{ conflicts, conflictCount: 1 },
        },
      }),
      save: (input) => {
        known = input.settings;
        return {};
      },
      remove: () => {
        known = null;
        return {};
      },
      test: () => ({
        ...{ fault: null, people: 10_000, unusable: 2 },
        sample: [{ login: 'v.orlova', fullName: 'Вера Орлова', email: 'v.orlova@corp.example' }],
      }),
      groups: () => ({ groups }),
      preview: () => ({ digest: 'a'.repeat(64), changes: [...few, ...many], conflicts, blocksTooMany: true }),
      sync: () => ({}),
    },
  };
}
