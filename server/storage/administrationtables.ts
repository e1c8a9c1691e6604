/** The tables of administration: vault types, access requests, roles. See `tables.ts`. */
export interface VaultTypeTable {
  id: string;
  organisation_id: string;
  created_at: number;
  content: Uint8Array;
}

export interface VaultTypeAdministratorTable {
  type_id: string;
  user_id: string;
}

export interface HiddenVaultTable {
  user_id: string;
  vault_id: string;
}

/** Why somebody may enter a vault whose key nobody has wrapped for them yet. */
export type RequestReason = 'group' | 'person' | 'type' | 'reset' | 'rekey';

export interface AccessRequestTable {
  id: string;
  vault_id: string;
  user_id: string;
  group_id: string | null;
  requester_id: string;
  reason: RequestReason;
  state: 'pending' | 'declined';
  created_at: number;
}

export interface RoleTable {
  id: string;
  organisation_id: string;
  created_at: number;
  content: Uint8Array;
}

export interface InviteTable {
  id: string;
  organisation_id: string;
  creator_id: string;
  code_key: Uint8Array;
  expires_at: number;
  created_at: number;
  content: Uint8Array;
}

/** What an organisation is on its way to. */
export type EncryptionDirection = 'on' | 'off';

/** A change from or to client-side encryption; under way while `finished_at` is null. */
export interface EncryptionChangeTable {
  id: string;
  organisation_id: string;
  direction: EncryptionDirection;
  starter_id: string;
  finisher_id: string | null;
  finished_at: number | null;
  created_at: number;
}

/** An attachment that takes the place of another one when a vault is converted. */
export interface StagedFileTable {
  id: string;
  rekeying_id: string;
  former_id: string;
  content: Uint8Array;
}

/** With `change_id` the vault is on its way to the other mode, not only to another key. */
export interface RekeyingTable {
  id: string;
  vault_id: string;
  change_id: string | null;
  starter_id: string;
  created_at: number;
  content: Uint8Array;
}

export interface RekeyingKeyTable {
  rekeying_id: string;
  user_id: string;
  content: Uint8Array;
}

/** Whatever carries a record key under the vault key. */
export type KeyedKind = 'item' | 'snapshot' | 'shortcut';

export interface RekeyingRecordTable {
  rekeying_id: string;
  kind: KeyedKind;
  object_id: string;
  /** Keyed hash of the sealed record key, or of the whole secret content, that this replaces. */
  former_key: Uint8Array;
  /** The revision that had that content, where whole contents are put by; null where none had. */
  revision: number | null;
  content: Uint8Array;
}

export interface AdministrationTables {
  invites: InviteTable;
  encryption_changes: EncryptionChangeTable;
  staged_files: StagedFileTable;
  rekeyings: RekeyingTable;
  rekeying_keys: RekeyingKeyTable;
  rekeying_records: RekeyingRecordTable;
  vault_types: VaultTypeTable;
  vault_type_administrators: VaultTypeAdministratorTable;
  hidden_vaults: HiddenVaultTable;
  access_requests: AccessRequestTable;
  roles: RoleTable;
}
