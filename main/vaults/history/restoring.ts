/**
 * Putting a former state back, as the edit that it is: secrets are sealed anew under the record's
 * own key, what already stands there keeps its ciphertext, and no file is touched.
 */
import type { CustomChange, RecordChange, SecretChange } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RestoredField } from '../../../contract/history.ts';
import { pairCustoms } from './differences.ts';
import type { OpenedCustom, OpenedSecret, OpenedState } from './states.ts';

const kept: SecretChange = { kind: 'keep' };
const set = (value: Uint8Array): SecretChange => ({ kind: 'set', value: Uint8Array.from(value) });
const ownFields = ['name', 'login', 'password', 'urls', 'description', 'tags', 'color'] as const;

/**
 * The edit that makes `now` what `former` was: in the named fields, or in all with null. Its
 * secrets are the caller's to wipe. Throws `undecipherable` for what does not open, `noSuchField`.
 */
export function restoringEdit(
  now: OpenedState,
  former: OpenedState,
  fields: readonly RestoredField[] | null,
): RecordChange {
  const change: RecordChange = {};
  for (const kind of fields?.map((field) => field.kind) ?? ownFields) takeOwn(change, kind, former);
  if (fields === null) change.customs = everyCustom(now, former);
  const places = fields?.flatMap(({ kind, index }) => (kind === 'custom' ? [index ?? -1] : [])) ?? [];
  if (places.length > 0) change.customs = someCustoms(now, former, places);
  return change;
}

function takeOwn(change: RecordChange, kind: RestoredField['kind'], { record, password }: OpenedState): void {
  switch (kind) {
    case 'name':
    case 'login':
    case 'description':
      change[kind] = record[kind];
      return;
    case 'urls':
    case 'tags':
      change[kind] = [...record[kind]];
      return;
    case 'color':
      change.color = record.color;
      return;
    case 'password':
      change.password = set(mustOpen(password));
      return;
    case 'custom':
  }
}

function mustOpen(secret: OpenedSecret): Uint8Array {
  if (secret === 'broken') throw new StrongroomError('undecipherable');
  return secret ?? new Uint8Array();
}

/** A custom field of the former state, laid over the one of `now` that it belongs to. */
function customChange({ label, type, value }: OpenedCustom, from: number | null): CustomChange {
  return { from, type, label: set(Buffer.from(label, 'utf8')), value: set(mustOpen(value)) };
}

function everyCustom(now: OpenedState, former: OpenedState): CustomChange[] {
  if (former.broken) throw new StrongroomError('undecipherable');
  return pairCustoms(former.customs, now.customs).flatMap(({ left, right }) =>
    left ? [customChange(left, right?.index ?? null)] : [],
  );
}

/** The list as it is now, with the named fields of the former state in it or behind it. */
function someCustoms(now: OpenedState, former: OpenedState, places: readonly number[]): CustomChange[] {
  const list = now.customs.map(({ type, index }): CustomChange => ({
    from: index,
    type,
    label: kept,
    value: kept,
  }));
  const pairs = pairCustoms(former.customs, now.customs);
  for (const place of places) {
    const pair = pairs.find(({ left }) => left?.index === place);
    if (!pair?.left) throw new StrongroomError('noSuchField');
    const change = customChange(pair.left, pair.right?.index ?? null);
    if (change.from === null) list.push(change);
    else list[change.from] = change;
  }
  return list;
}
