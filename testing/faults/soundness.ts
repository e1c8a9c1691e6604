/**
 * What must hold on a device at every moment, whatever happened to it: row, settled base, and
 * waiting operations of an object tell the same. Most losses begin as a row that says something
 * which neither the server knows nor anything will tell it; found here, the step that did it is
 * known, and not only the end it came to.
 */
import type { Mirror, OutboxOperation } from '../../main/mirror/index.ts';
import type { StoredRecord } from '../../main/mirror/model.ts';
import { fieldNames, isSameRecord, sameValue, withChange } from '../../main/sync/outbox/pending.ts';
import { deliveredHash } from '../../main/sync/pull/rows.ts';
import type { Device } from './stage.ts';

/** A device whose rows, bases and operations contradict each other. */
export class NotSound extends Error {}

/** Hashes that stand for none: of what stands beside the server, and of what was never delivered. */
const noHash: readonly string[] = ['', 'unseen'];

/** Holds every record of a device to it; `after` is what was done last. Throws `NotSound`. */
export function mustBeSound({ name, account }: Device, after: string): void {
  const { mirror } = account;
  const rows = [...mirror.records.batches(200)].flat();
  const found = rows.flatMap((record) => unsoundness(mirror, record));
  if (found.length > 0) throw new NotSound(`${name} after ${after}:\n  ${found.join('\n  ')}`);
}

function unsoundness(mirror: Mirror, row: StoredRecord): string[] {
  if (mirror.conflicts.ofRecord(row.id) !== null) return [];
  const operations = mirror.outbox.ofObject('record', row.id);
  const base = mirror.bases.record(row.id);
  const tell = (what: string): string => `"${row.name}" (${row.id}): ${what}; ${listed(operations)}`;
  if (operations.length === 0 && base !== undefined) return [tell('a base, and nothing waits')];
  if (operations.length === 0) return isAsDelivered(mirror, row) ? [] : [tell('not what its hash is of')];
  if (!base || operations.some(isOpen)) return [];
  const shown = operations.reduce((so, { change }) => withChange(so, change, row.attachments), base);
  // In the vault itself for want of its folder: its hash is forgotten, and the server's place wins.
  const isDropped = row.folderId === null && row.contentHash === '';
  const placed = isDropped ? { ...shown, folderId: null } : shown;
  return isSameRecord(placed, row) ? [] : [tell(`not its base and changes in ${differences(placed, row)}`)];
}

/** Held and undecided changes are not shown, and what comes back is placed by the server. */
const isOpen = ({ state, change }: OutboxOperation): boolean =>
  state === 'held' || state === 'undecided' || change.kind === 'restore';

const listed = (operations: readonly OutboxOperation[]): string =>
  `waiting: ${operations.map(({ change, state }) => `${change.kind} ${state}`).join(', ') || 'nothing'}`;

function differences(shown: StoredRecord, row: StoredRecord): string {
  const fields = fieldNames.filter((field) => !sameValue(shown[field], row[field]));
  const files = (record: StoredRecord): unknown => record.attachments.map(({ serverId }) => serverId);
  return [
    ...fields,
    ...(shown.folderId === row.folderId ? [] : ['place']),
    ...(sameValue(files(shown), files(row)) ? [] : ['files']),
  ].join(', ');
}

/** Whether its hash is that of the record as the server would deliver it, where one is claimed. */
function isAsDelivered(mirror: Mirror, row: StoredRecord): boolean {
  if (noHash.includes(row.contentHash)) return true;
  const { folderId } = row;
  // A folder to which a person has no access, or that is told in the same sync, is not known yet.
  const folder = folderId === null ? null : mirror.folders.get(folderId);
  if (folderId !== null && folder === null) return true;
  const { contentHash: _, flagged: __, ...members } = row;
  const hashWith = (hashOfOwn: (hash: string | null) => string | null): string =>
    deliveredHash({
      ...members,
      id: row.serverId,
      folderId: folder?.serverId ?? null,
      attachments: row.attachments.map(({ id, serverId, name, encryptedKey, hash }) => ({
        ...{ id: serverId ?? '', serverId, name, encryptedKey, size: null, localFile: null },
        hash: id === serverId ? hash : hashOfOwn(hash),
      })),
    });
  // A listing names no hash of a file; one attached here keeps the hash it was given here.
  return [hashWith((hash) => hash), hashWith(() => null)].includes(row.contentHash);
}
