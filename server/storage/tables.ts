/**
 * The tables as Kysely sees them.
 *
 * Only structure stands in the clear: ids, who belongs to whom, times, counters and
 * levels. Whatever has content (names, logins, addresses, tags, ciphertexts, hashes,
 * keys) is one sealed `content` value a row; `*_key` columns are keyed hashes.
 */
import type { AccessLevel } from '../access/levels.ts';
import type { RoleCode, VaultTypeCode } from '../access/vocabulary.ts';
import type { ActivityEvent } from './events.ts';
import type { AdministrationTables } from './administrationtables.ts';
import type { LdapTables } from './ldap.ts';
import type { SealingTables } from './sealing.ts';
import type { UploadTables } from './uploadtables.ts';

/** 0 or 1: engines differ in how they hand over a boolean. */
export type Flag = 0 | 1;

export interface OrganisationTable {
  id: string;
  client_side_encryption: Flag;
  created_at: number;
  content: Uint8Array;
}

export interface UserTable {
  id: string;
  organisation_id: string;
  login_key: Uint8Array;
  role: RoleCode;
  role_id: string | null;
  is_owner: Flag;
  is_blocked: Flag;
  is_deleted: Flag;
  created_at: number;
  content: Uint8Array;
}

export interface SessionTable {
  id: string;
  user_id: string;
  access_key: Uint8Array;
  access_expires_at: number;
  refresh_key: Uint8Array;
  refresh_expires_at: number;
  awaits_second_factor: Flag;
  created_at: number;
}

export interface GroupTable {
  id: string;
  organisation_id: string;
  created_at: number;
  content: Uint8Array;
}

export interface GroupMemberTable {
  group_id: string;
  user_id: string;
}

export interface VaultTable {
  id: string;
  organisation_id: string;
  type: VaultTypeCode;
  type_id: string | null;
  deleted_at: number | null;
  deleter_id: string | null;
  created_at: number;
  content: Uint8Array;
}

export interface VaultKeyTable {
  vault_id: string;
  user_id: string;
  content: Uint8Array;
}

export interface FolderTable {
  id: string;
  vault_id: string;
  parent_id: string | null;
  bin_id: string | null;
  created_at: number;
  content: Uint8Array;
}

export interface AccessTable {
  id: string;
  vault_id: string;
  folder_id: string | null;
  user_id: string | null;
  group_id: string | null;
  level: AccessLevel;
}

export interface ItemTable {
  id: string;
  vault_id: string;
  folder_id: string | null;
  bin_id: string | null;
  revision: number;
  created_at: number;
  updated_at: number;
  editor_id: string;
  content: Uint8Array;
}

export interface AttachmentTable {
  id: string;
  item_id: string;
  file_name: string;
  created_at: number;
}

export interface SnapshotTable {
  id: string;
  item_id: string;
  creator_id: string;
  created_at: number;
  revision: number;
  content: Uint8Array;
}

export interface ShortcutTable {
  id: string;
  item_id: string;
  vault_id: string;
  folder_id: string | null;
  creator_id: string;
  created_at: number;
  content: Uint8Array;
}

export interface InboxTable {
  id: string;
  item_id: string;
  receiver_id: string;
  group_id: string | null;
  sender_id: string;
  access: 'read' | 'write';
  is_viewed: Flag;
  created_at: number;
  content: Uint8Array;
}

export interface LinkTable {
  id: string;
  item_id: string;
  shortcut_id: string | null;
  creator_id: string;
  type: 'single_use' | 'reusable';
  expires_at: number | null;
  /** Keyed hash of the token; null in links from before they could be opened. */
  token_key: Uint8Array | null;
  views: number;
  opened_at: number | null;
  created_at: number;
  content: Uint8Array;
}

export interface FavoriteTable {
  user_id: string;
  item_id: string;
}

export interface BinTable {
  id: string;
  vault_id: string;
  kind: 'item' | 'folder';
  object_id: string;
  deleter_id: string;
  created_at: number;
}

/** What a journal entry tells to look at again; `scope` is one person's access to a vault. */
export type ChangeKind = 'scope' | 'vault' | 'folder' | 'item' | 'shortcut' | 'inbox';

export interface JournalTable {
  organisation_id: string;
  position: number;
  horizon: number;
}

export interface JournalMarkTable {
  organisation_id: string;
  position: number;
  mark: string;
  created_at: number;
}

export interface ChangeTable {
  organisation_id: string;
  kind: ChangeKind;
  object_id: string;
  vault_id: string;
  folder_id: string;
  user_id: string;
  position: number;
}

export interface KeptAnswerTable {
  user_id: string;
  request_key: Uint8Array;
  fingerprint: Uint8Array;
  created_at: number;
  content: Uint8Array;
}

export interface ActivityTable {
  id: string;
  organisation_id: string;
  actor_id: string;
  event: ActivityEvent;
  object_id: string;
  subject_id: string | null;
  vault_id: string | null;
  acted_at: number;
  created_at: number;
  is_offline: Flag;
  content: Uint8Array;
}

export interface Tables extends AdministrationTables, LdapTables, SealingTables, UploadTables {
  organisations: OrganisationTable;
  users: UserTable;
  sessions: SessionTable;
  user_groups: GroupTable;
  group_members: GroupMemberTable;
  vaults: VaultTable;
  vault_keys: VaultKeyTable;
  folders: FolderTable;
  access: AccessTable;
  items: ItemTable;
  attachments: AttachmentTable;
  snapshots: SnapshotTable;
  shortcuts: ShortcutTable;
  inbox: InboxTable;
  links: LinkTable;
  favorites: FavoriteTable;
  bin: BinTable;
  journals: JournalTable;
  journal_marks: JournalMarkTable;
  changes: ChangeTable;
  kept_answers: KeptAnswerTable;
  activity: ActivityTable;
}
