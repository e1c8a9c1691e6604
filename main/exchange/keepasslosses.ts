/**
 * What an entry of KeePass holds that a record here has no place for. An import that passed over it
 * in silence would make a person delete the only place where it still stood.
 */
import kdbxweb from 'kdbxweb';
import type { ImportWarning } from '../../contract/exchange.ts';
import { factsKey } from './keepassfields.ts';
import type { ImportedCustom } from './tree.ts';

/** Custom data that programs write for themselves. */
const ownNotes = new Set([factsKey, '_LAST_MODIFIED', 'FDO_SECRETS_EXPOSE_TO_BACKEND']);

/** When an entry is to be changed, as a field of its own. */
export function expiryOf({ times }: kdbxweb.KdbxEntry): ImportedCustom[] {
  const at = times.expires === true ? times.expiryTime : undefined;
  if (at === undefined || Number.isNaN(at.getTime())) return [];
  return [{ label: 'Expires', type: 'text', value: at.toISOString() }];
}

export function entryLosses(entry: kdbxweb.KdbxEntry): ImportWarning[] {
  const { autoType, overrideUrl, customData } = entry;
  const hasData = [...(customData?.keys() ?? [])].some((key) => !ownNotes.has(key));
  const isTyped = autoType.items.length > 0 || Boolean(autoType.defaultSequence);
  const now = plainFieldsOf(entry);
  const hadOthers = entry.history.some((state) => plainFieldsOf(state) !== now);
  return [
    ...(hasData || isTyped || Boolean(overrideUrl) ? ['fieldLeft' as const] : []),
    ...(hadOthers ? ['formerStatesLeft' as const] : []),
  ];
}

/** Everything of a state but its password, in one text to compare. */
function plainFieldsOf({ fields, binaries }: kdbxweb.KdbxEntry): string {
  const values = [...fields]
    .filter(([key]) => key !== 'Password')
    .map(([key, value]) => [key, value instanceof kdbxweb.ProtectedValue ? value.getText() : value])
    .filter(([, value]) => value !== '');
  return JSON.stringify([values.toSorted(), [...binaries.keys()].toSorted()]);
}
