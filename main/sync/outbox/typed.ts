/**
 * What was typed here and cannot be sent, kept under a seal of this device.
 *
 * When a vault is closed to its user, its keys and copies go, and with them whatever could open
 * the ciphertexts of changes that still waited. So the typed values, and nothing else of the
 * record, are opened while that is possible and sealed under the key cache's subkey, with the
 * conflict's id as context. A new record can be made of them, or they are let go.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import { openValue, sealValue } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { Mirror, StoredConflict } from '../../mirror/index.ts';

const typedCustom = z.strictObject({ name: z.string(), type: z.string(), value: z.string() });

const typedFile = z.strictObject({
  name: z.string(),
  /** File of this device where the contents lie, in wire form under the file's own key. */
  localFile: z.string(),
  size: z.number().nullable(),
  hash: z.string().nullable(),
  /** The file's own key as text; null without client-side encryption. */
  key: z.string().nullable(),
});

const typedRecord = z.strictObject({
  name: z.string().optional(),
  login: z.string().optional(),
  urls: z.array(z.string()).optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  color: z.number().optional(),
  /** Readable; null where the password was cleared. */
  password: z.string().nullable().optional(),
  customs: z.array(typedCustom),
  files: z.array(typedFile),
  /** Values that could not be opened, as they stand on the wire, for whoever may still have the key. */
  unopened: z.array(z.string()),
});
/** Typed values of one record, readable. Absent members were not typed. */
export type TypedRecord = z.output<typeof typedRecord>;

/** Key of the sync state under which the files of a sealed conflict stand, as a JSON list of names. */
function filesKey(conflictId: string): string {
  return `filesOfConflict:${conflictId}`;
}

const fileNames = z.array(z.string());

/** Seals typed values into a conflict; its files are noted, so that nobody takes them for strays. */
export function putSealed(
  mirror: Mirror,
  cacheKey: LockedBytes,
  conflict: Omit<StoredConflict, 'sealed'>,
  typed: TypedRecord,
): void {
  const text = Buffer.from(JSON.stringify(typed), 'utf8');
  try {
    mirror.conflicts.put({ ...conflict, sealed: sealValue(cacheKey, text, conflict.id) });
  } finally {
    wipe(text);
  }
  const files = typed.files.map(({ localFile }) => localFile);
  mirror.syncState.set(filesKey(conflict.id), files.length === 0 ? null : JSON.stringify(files));
}

/**
 * The typed values of a `vaultLost` or `refused` conflict.
 * @throws StrongroomError `noSuchConflict`, `tampered`
 */
export function openTyped(mirror: Mirror, cacheKey: LockedBytes, conflictId: string): TypedRecord {
  const sealed = mirror.conflicts.get(conflictId)?.sealed ?? null;
  if (sealed === null) throw new StrongroomError('noSuchConflict');
  const text = openValue(cacheKey, sealed, conflictId);
  try {
    const read = typedRecord.safeParse(JSON.parse(text.toString('utf8')));
    if (!read.success) throw new StrongroomError('tampered');
    return read.data;
  } finally {
    wipe(text);
  }
}

/** Lets a sealed conflict go; gives its files, which nobody names any more. */
export function forgetTyped(mirror: Mirror, conflictId: string): string[] {
  return mirror.transaction(() => {
    const files = filesOfTyped(mirror, conflictId);
    mirror.conflicts.remove(conflictId);
    mirror.syncState.set(filesKey(conflictId), null);
    return files;
  });
}

/** Names of all stored files that only a sealed conflict refers to. */
export function filesOfSealedConflicts(mirror: Mirror): string[] {
  return mirror.conflicts.all().flatMap(({ id }) => filesOfTyped(mirror, id));
}

function filesOfTyped(mirror: Mirror, conflictId: string): string[] {
  const text = mirror.syncState.get(filesKey(conflictId));
  return text === null ? [] : fileNames.parse(JSON.parse(text));
}
