/** Which words tell what has happened. */
import type { ConflictRow } from '../../../contract/conflicts.ts';

export type Story = ConflictRow['kind'] | 'takenBack';

/** What was received lay in no vault of the reader's, so there is none that was closed to them. */
export function storyOf({ kind, vaultName }: Pick<ConflictRow, 'kind' | 'vaultName'>): Story {
  return kind === 'vaultLost' && vaultName === '' ? 'takenBack' : kind;
}
