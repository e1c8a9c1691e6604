/** For every endpoint that needs a permission: a request that would do what it is for. */
import { randomUUID } from 'node:crypto';
import type { Prepare } from './attempts.ts';
import { onChange } from './converting.ts';
import type { Stage } from './stage.ts';

const newLogin = () => `account-${randomUUID()}`;
const account = (stage: Stage) => stage.create('/users', { login: newLogin(), password: 'a long password' });
const onAccount = (rest = '', body?: unknown): Prepare => {
  return async (stage) => ({ path: `/users/${await account(stage)}${rest}`, body });
};
const onGroup = (rest = '', body?: unknown): Prepare => {
  return async (stage) => ({
    ...{ path: `/user-groups/${await stage.create('/user-groups', { name: 'Group' })}${rest}`, body },
  });
};
const onType = (body?: unknown): Prepare => {
  return async (stage) => ({
    ...{ path: `/vault-types/${await stage.create('/vault-types', { name: 'Type' })}`, body },
  });
};
const onRole = (body?: unknown): Prepare => {
  return async (stage) => ({
    path: `/user-roles/${await stage.create('/user-roles', { name: 'Role', permissions: [] })}`,
    body,
  });
};

/** Settings that can be kept; nothing listens there. */
const unreachableDirectory = {
  ...{ url: 'ldap://127.0.0.1:1', startTls: false, ca: null, bindDn: 'cn=reader', bindPassword: 'x' },
  people: { bases: ['ou=people'], filter: '(uid=*)' },
  groups: { bases: [], filter: '(cn=*)', taken: [] },
  attributes: {
    ...{ login: 'uid', fullName: 'cn', email: 'mail', uniqueId: 'entryUUID' },
    ...{ groupName: 'cn', groupMember: 'member' },
  },
  ...{ membersAre: 'dn', logsIn: false, adopts: false, intervalMinutes: null },
};

/** The requests, by method and path as the server describes them. */
export const administering: Readonly<Record<string, Prepare>> = {
  'POST /users': () => ({ path: '/users', body: { login: newLogin(), password: 'a long password' } }),
  'PATCH /users/{id}': onAccount('', { fullName: 'Other' }),
  'DELETE /users/{id}': onAccount(),
  'POST /users/{id}/block': onAccount('/block'),
  'POST /users/{id}/unblock': onAccount('/unblock'),
  'POST /users/{id}/unlock': onAccount('/unlock'),
  'POST /users/{id}/password': onAccount('/password', { password: 'another password' }),
  'POST /users/{id}/reset-2fa': onAccount('/reset-2fa'),
  'GET /users/{id}/reset-master-key': onAccount('/reset-master-key'),
  // The account has no keys yet, which is told (409) only to those who may reset them.
  'POST /users/{id}/reset-master-key': onAccount('/reset-master-key'),
  'GET /user-invites': () => ({ path: '/user-invites' }),
  'POST /user-invites': () => ({ path: '/user-invites', body: {} }),
  'DELETE /user-invites/{id}': async (stage) => ({
    path: `/user-invites/${await stage.create('/user-invites', {})}`,
  }),
  'POST /user-groups': () => ({ path: '/user-groups', body: { name: 'Group' } }),
  'POST /user-groups/{id}': onGroup('', { name: 'Other' }),
  'DELETE /user-groups/{id}': onGroup(),
  'POST /user-groups/{id}/add-users': onGroup('/add-users', { userIds: [] }),
  'POST /user-groups/{id}/remove-users': onGroup('/remove-users', { userIds: [] }),
  'POST /user-roles': () => ({ path: '/user-roles', body: { name: 'Role', permissions: [] } }),
  'POST /user-roles/{id}': onRole({ name: 'Other' }),
  'DELETE /user-roles/{id}': onRole(),
  'POST /vault-types': () => ({ path: '/vault-types', body: { name: 'Type' } }),
  'POST /vault-types/{id}': onType({ name: 'Other' }),
  'DELETE /vault-types/{id}': onType(),
  'POST /organisation/offline-policy': () => ({
    ...{ path: '/organisation/offline-policy', body: { allowed: true, days: 30 } },
  }),
  'POST /organisation/password-policy': () => ({
    path: '/organisation/password-policy',
    body: { minimumLength: 0, requiredSets: [], minimumBits: 0 },
  }),
  'GET /directory': () => ({ path: '/directory' }),
  'GET /directory/groups': () => ({ path: '/directory/groups' }),
  'POST /directory': () => ({ path: '/directory', body: unreachableDirectory }),
  'POST /directory/test': () => ({ path: '/directory/test', body: unreachableDirectory }),
  // Nobody answers there, which is told (409) only to those who may ask.
  'POST /directory/preview': () => ({ path: '/directory/preview' }),
  'POST /directory/sync': () => ({ path: '/directory/sync', body: {} }),
  'DELETE /directory': () => ({ path: '/directory' }),
  'GET /organisation/activity-retention': () => ({ path: '/organisation/activity-retention' }),
  'POST /organisation/activity-retention': () => ({
    ...{ path: '/organisation/activity-retention', body: { days: null } },
  }),
  'POST /encryption-change': onChange('begin'),
  'DELETE /encryption-change': onChange('give up'),
  'POST /encryption-change/finish': onChange('finish'),
  'GET /activity': () => ({ path: '/activity' }),
  'GET /activity/export': () => ({ path: '/activity/export?format=json' }),
};
