/**
 * Roles in an organisation and the built-in vault types.
 *
 * The codes `user`, `company` and `privateShared` have been seen on real Passwork 7
 * servers. This server has no types or roles beyond the built-in ones, so their ids are
 * fixed, of the same 24-digit form as every other id.
 */
export const roles = [
  { id: '000000000000000000000a01', code: 'administrator', name: 'Administrator', isDefault: false },
  { id: '000000000000000000000a02', code: 'user', name: 'Employee', isDefault: true },
] as const;
export type RoleCode = (typeof roles)[number]['code'];

export const vaultTypes = [
  { id: '000000000000000000000b01', code: 'company', name: 'Company vaults' },
  { id: '000000000000000000000b02', code: 'privateShared', name: 'User vaults' },
] as const;
export type VaultTypeCode = (typeof vaultTypes)[number]['code'];

/** The role with an id, if there is one. */
export function roleWithId(id: string) {
  return roles.find((role) => role.id === id);
}

/** The id of a role. */
export function roleId(code: RoleCode): string {
  return roles.find((role) => role.code === code)?.id ?? '';
}

/** The vault type with an id, if there is one. */
export function vaultTypeWithId(id: string) {
  return vaultTypes.find((type) => type.id === id);
}

/** The id of a vault type. */
export function vaultTypeId(code: VaultTypeCode): string {
  return vaultTypes.find((type) => type.code === code)?.id ?? '';
}
