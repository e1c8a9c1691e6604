/** A large organisation for pictures of its administration: 10,000 people, groups, roles, a log. */
import type { ActivityEntry } from '../../contract/activity.ts';
import type { Group } from '../../contract/groups.ts';
import type { Invitation, Person, ReachedVault } from '../../contract/people.ts';
import type { Role } from '../../contract/roles.ts';
import type { TypeAdministrator, VaultType } from '../../contract/vaulttypes.ts';

const firstNames = ['Anna', 'Boris', 'Clara', 'Дмитрий', 'Emil', 'Фаина', 'Greta', 'Hugo', 'Ирина', 'Jonas'];
const lastNames = ['Orlova', 'Keller', 'Смирнов', 'Lindqvist', 'Novák', 'Weiß', 'Петрова', 'Almeida', 'Roux'];
const logins = ['orlova', 'keller', 'smirnov', 'lindqvist', 'novak', 'weiss', 'petrova', 'almeida', 'roux'];

export const builtIn = { administrator: 'role-admin', user: 'role-user' } as const;

export const sampleRoles: readonly Role[] = [
  {
    ...{ id: builtIn.administrator, code: 'administrator', name: 'Administrator', isDefault: false },
    permissions: [
      ...['users:manage', 'users:resetMasterPassword', 'groups:manage', 'roles:manage'],
      ...['vaultTypes:manage', 'settings:manage', 'activityLog:read'],
    ],
  },
  { id: builtIn.user, code: 'user', name: 'Employee', isDefault: true, permissions: [] },
  {
    ...{ id: 'role-help', code: 'custom', name: 'Helpdesk', isDefault: false },
    permissions: ['users:manage', 'groups:manage'],
  },
  {
    ...{ id: 'role-audit', code: 'custom', name: 'Ревизия и внутренний аудит', isDefault: false },
    permissions: ['activityLog:read'],
  },
];

export function samplePerson(index: number): Person {
  const first = firstNames[index % firstNames.length] ?? '';
  const last = lastNames[(index * 7) % lastNames.length] ?? '';
  const login = `${logins[(index * 7) % logins.length] ?? ''}${index === 0 ? '' : index}`;
  return {
    ...{ id: `person-${index}`, login, fullName: `${first} ${last}`, email: `${login}@corp.example` },
    blocked: index % 23 === 5,
    roleId: index === 0 ? builtIn.administrator : index % 11 === 3 ? 'role-help' : builtIn.user,
    hasKeys: index % 17 !== 4,
  };
}

/** One person for each state of a key, told by the id (see the scripted key trust). */
export const sampleColleagues: readonly Person[] = [
  ['unseen-vera', 'Вера Кузнецова', 'kuznetsova'] as const,
  ['verified-tim', 'Tim Brandt', 'brandt'] as const,
  ['changed-ilya', 'Илья Морозов', 'morozov'] as const,
  ['seen-weak', 'Otto Klein', 'klein'] as const,
  ['missing-new', 'New Colleague', 'newcomer'] as const,
].map(([id, fullName, login]) => ({
  ...{ id, fullName, login, email: `${login}@corp.example`, blocked: false },
  ...{ roleId: builtIn.user, hasKeys: !id.startsWith('missing') },
}));

export const samplePeople = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => samplePerson(index));

const groupNames = ['Backend', 'Бухгалтерия', 'Design', 'Infrastructure and on-call', 'Legal', 'Продажи'];
export const sampleGroups: readonly Group[] = groupNames.map((name, index) => ({
  ...{ id: `group-${index}`, name, memberCount: [42, 7, 0, 318, 3, 10_000][index] ?? 0 },
}));

export const sampleReach: readonly ReachedVault[] = [
  {
    ...{ id: 'v1', name: 'Infrastructure', access: 'full', through: 'group', inFolder: false, hasKey: true },
    groups: ['Infrastructure and on-call'],
  },
  {
    ...{ id: 'v2', name: 'Marketing', access: 'read', through: 'person', inFolder: true, hasKey: true },
    groups: [],
  },
  {
    ...{ id: 'v3', name: 'Бухгалтерия', access: 'write', through: 'group', inFolder: false, hasKey: false },
    groups: ['Бухгалтерия'],
  },
  {
    ...{ id: 'v4', name: 'Company cards', access: 'admin', through: 'type', inFolder: false, hasKey: true },
    groups: [],
  },
];

export function sampleInvitations(now: number): Invitation[] {
  return [
    {
      ...{ id: 'invite-1', email: 'mia@partner.example', fullName: 'Mia Braun', roleId: builtIn.user },
      ...{ createdAt: now - 3_600_000, expiresAt: now + 6 * 86_400_000 },
    },
    {
      ...{ id: 'invite-2', email: '', fullName: '', roleId: 'role-audit' },
      ...{ createdAt: now - 5 * 86_400_000, expiresAt: now + 3 * 3_600_000 },
    },
  ];
}

type Happening = readonly [
  event: string,
  object: string | null,
  subject?: string | undefined,
  vault?: string,
];
const happenings: readonly Happening[] = [
  ['item_viewed', 'PostgreSQL', undefined, 'Infrastructure'],
  ['user_added_to_userGroup', 'Backend', 'Boris Keller'],
  ['session_started', 'Anna Orlova'],
  ['request_created', 'Infrastructure', 'Boris Keller', 'Infrastructure'],
  ['user_master_password_reset', 'Clara Смирнов'],
  ['item_updated', 'Door code', undefined, 'Office'],
  ['user_auth_failed', 'Дмитрий Lindqvist'],
  ['folder_moved_to_bin', 'Old servers', undefined, 'Infrastructure'],
  ['settings_changed', null],
  ['carrier_pigeon_sent', null],
];

export function sampleActivity(count: number, now: number): ActivityEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const [event, object, subject, vault] = happenings[index % happenings.length] ?? ['item_viewed', null];
    const actor = samplePerson(index % 6);
    const at = now - index * 437_000;
    const named = (name: string) => ({ id: `id-${name}`, name });
    return {
      ...{ id: `entry-${index}`, event, at, arrivedAt: at, offline: index % 10 === 0 },
      actor:
        event === 'user_auth_failed' ? null : { id: actor.id, login: actor.login, fullName: actor.fullName },
      object: object === null ? { id: '66b0f1c2aa97d0e4b3f1a2c9', name: null } : named(object),
      subject: subject === undefined ? null : named(subject),
      vault: vault === undefined ? null : named(vault),
      action: index % 10 === 0 ? 'copied' : null,
      ...{ address: '10.20.30.40', client: 'Strongroom/1.0 (Linux)' },
    };
  });
}

export const sampleTypes: readonly VaultType[] = [
  {
    ...{ id: 'type-company', code: 'company', name: 'Company vaults' },
    ...{ creation: 'administrators', creatorAccess: 'admin' },
  },
  {
    ...{ id: 'type-user', code: 'privateShared', name: 'User vaults' },
    ...{ creation: 'everyone', creatorAccess: 'admin' },
  },
  {
    ...{ id: 'type-project', code: 'custom', name: 'Проекты заказчиков' },
    ...{ creation: 'everyone', creatorAccess: 'full' },
  },
];

export const sampleAdministrators: readonly TypeAdministrator[] = [
  { id: 'person-0', name: 'Anna Orlova', hasKeys: true },
  { id: 'person-4', name: 'Emil Novák', hasKeys: false },
];
