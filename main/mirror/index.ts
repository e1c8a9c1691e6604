/** What other floors see of the mirror. */
export { Mirror, type MirrorOptions } from './mirror.ts';
export { foldForSearch, hostOf, sortKey } from './folding.ts';
export { backupPath, loadMigrations, type Migration } from './migrations.ts';
export type { FolderCounts, Folders } from './folders.ts';
export type { Page, PageRequest } from './recordlist.ts';
export type { RecordCounts, Records } from './records.ts';
export { mostRanked, type SearchRequest, type SearchResult } from './search.ts';
export type { VaultCounts, Vaults } from './vaults.ts';
export type * from './model.ts';
export type { Upkeep } from './upkeep.ts';
