/** What other floors see of the mirror. */
export { Mirror, type MirrorOptions } from './mirror.ts';
export { foldForSearch, hostOf, sortKey } from './folding.ts';
export { backupPath, loadMigrations, type Migration } from './migrations.ts';
export type { Bases } from './bases.ts';
export type { Bin, BinPage, BinRequest } from './bin.ts';
export type { Conflicts } from './conflicts.ts';
export type { DraftStore, StoredDraft } from './drafts.ts';
export type { FolderCounts, Folders } from './folders.ts';
export type { OfflineReads } from './offlinereads.ts';
export type { Outbox, OutboxCounts, OutboxPage } from './outbox.ts';
export type { Page, PageRequest } from './recordlist.ts';
export type { RecordCounts, Records } from './records.ts';
export type { Revisions, StoredRevision } from './revisions.ts';
export { mostRanked, type SearchRequest, type SearchResult } from './search.ts';
export type { VaultCounts, Vaults } from './vaults.ts';
export type * from './model.ts';
export type { Upkeep } from './upkeep.ts';
export type * from './outboxmodel.ts';
