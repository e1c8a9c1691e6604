/** Whether a person's key lets anything be wrapped for it, as far as this device can tell beforehand. */
import { rosterStops } from '../../../contract/keytrust.ts';
import type { KeyFacts } from '../../../contract/keytrust.ts';

/** Why nothing can be wrapped; null when it can. A key that nobody has compared yet stops nothing. */
export type RecipientStop = 'missing' | 'changed' | 'unreadable' | 'rosterDiffers' | 'weak' | null;

export function recipientStop({
  trust,
  isWeak,
  roster,
}: Pick<KeyFacts, 'trust' | 'isWeak' | 'roster'>): RecipientStop {
  if (trust === 'missing' || trust === 'changed' || trust === 'unreadable') return trust;
  if (rosterStops(roster)) return 'rosterDiffers';
  return isWeak ? 'weak' : null;
}
