/**
 * Roles in an organisation and the built-in vault types.
 *
 * The codes `user`, `company` and `privateShared` have been seen on real Passwork 7
 * servers. The built-in types and roles are the same in every organisation, so their ids are
 * fixed, of the same 24-digit form as every other id.
 */
export const roles = [
  { id: '000000000000000000000a01', code: 'administrator', name: 'Administrator', isDefault: false },
  { id: '000000000000000000000a02', code: 'user', name: 'Employee', isDefault: true },
] as const;
/** `custom` stands for the roles that an organisation has made itself. */
export type RoleCode = (typeof roles)[number]['code'] | 'custom';

/** What a role may let people do in the organisation, beside what access to vaults lets them do. */
export const permissions = [
  'users:manage',
  'users:resetMasterPassword',
  'groups:manage',
  'roles:manage',
  'vaultTypes:manage',
  'settings:manage',
  'activityLog:read',
] as const;
export type Permission = (typeof permissions)[number];

/** True for the name of a permission. */
export function isPermission(name: string): name is Permission {
  return permissions.some((permission) => permission === name);
}

export const vaultTypes = [
  { id: '000000000000000000000b01', code: 'company', name: 'Company vaults' },
  { id: '000000000000000000000b02', code: 'privateShared', name: 'User vaults' },
] as const;
/** `custom` stands for the types that an organisation has made itself. */
export type VaultTypeCode = (typeof vaultTypes)[number]['code'] | 'custom';

/** The built-in role with an id, if there is one. */
export function roleWithId(id: string) {
  return roles.find((role) => role.id === id);
}

/** The id of a built-in role. */
export function roleId(code: RoleCode): string {
  return roles.find((role) => role.code === code)?.id ?? '';
}

/** The built-in vault type with an id, if there is one. */
export function vaultTypeWithId(id: string) {
  return vaultTypes.find((type) => type.id === id);
}

/** The id of a built-in vault type. */
export function vaultTypeId(code: VaultTypeCode): string {
  return vaultTypes.find((type) => type.code === code)?.id ?? '';
}
