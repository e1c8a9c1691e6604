/** Which records a list is about, as SQL over the `records` table. */
import type { RecordScope } from '../../contract/records.ts';
import type { SqlValue } from './engine.ts';
import type { Folders } from './folders.ts';

export interface ScopeFilter {
  /** A condition on `records`; `TRUE` for everything. */
  readonly where: string;
  readonly values: readonly SqlValue[];
}

export function scopeFilter(scope: RecordScope, folders: Folders): ScopeFilter {
  switch (scope.kind) {
    case 'all':
      return { where: 'TRUE', values: [] };
    case 'vault':
      return { where: 'vault_id = ?', values: [scope.vaultId] };
    case 'folder':
      return {
        where: 'folder_id IN (SELECT value FROM json_each(?))',
        values: [JSON.stringify(folders.subtreeIds(scope.folderId))],
      };
    case 'favourites':
      return { where: 'favourite = 1', values: [] };
    case 'recent':
      return { where: 'id IN (SELECT record_id FROM recents)', values: [] };
    case 'inbox':
      return { where: "kind = 'inbox'", values: [] };
    case 'shortcuts':
      return { where: "kind = 'shortcut'", values: [] };
    case 'tag':
      // The first half is a cheap sieve, the second decides.
      return {
        where: 'instr(tags, ?) > 0 AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)',
        values: [JSON.stringify(scope.tag), scope.tag],
      };
  }
}
