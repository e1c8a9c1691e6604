/** What the sample holds, by name, for suites that compare what they read with what was written. */
import { recordsIn } from './drafts.ts';
import type { RecordDraft } from './drafts.ts';
import { companyVaults } from './plan.ts';

/** The record of a corporate vault with this name. Throws when there is none. */
export function sampleRecord(name: string): RecordDraft {
  const found = companyVaults()
    .flatMap(({ draft }) => recordsIn(draft))
    .find((record) => record.name === name);
  if (!found) throw new Error(`the sample has no record ${name}`);
  return found;
}
