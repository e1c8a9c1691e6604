/** Whom a person has picked to let in. */
import type { GroupAccess, PersonAccess, VaultAccessLevel } from '../../../contract/vaultadmin.ts';

export type Chosen =
  | { readonly kind: 'person'; readonly person: PersonAccess; readonly access: VaultAccessLevel }
  | {
      readonly kind: 'group';
      readonly group: Pick<GroupAccess, 'groupId' | 'name' | 'memberCount'>;
      readonly access: VaultAccessLevel;
    };
