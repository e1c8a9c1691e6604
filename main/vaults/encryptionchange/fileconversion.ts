/**
 * One file of a record from one mode of encryption to the other: fetched, converted in a thread and
 * put by, a part at a time where it is in parts.
 *
 * The file is put by once and stands for itself in the record and in all former states of it; what
 * differs is its key, sealed under the key of each. Where a file has been put by already, only that
 * is left to do.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import {
  deriveFileKey,
  isInParts,
  openPartList,
  partLength,
  PLAIN_ATTACHMENT_KEY,
  PLAIN_PARTED_KEY,
  sealAttachmentKey,
  sealPartList,
  wipe,
} from '../../keychain/index.ts';
import type { AttachmentKey, OpenedPartList, RecordKey, VaultKey } from '../../keychain/index.ts';
import {
  putConvertedFile,
  putConvertedPart,
  readConvertibleFile,
  readConvertiblePart,
} from '../../remote/index.ts';
import type { ConversionOf, ConvertibleFile, RemoteClient } from '../../remote/index.ts';
import { largestPart } from '../files/partedfiles.ts';
import type { ConversionThread } from './conversionthread.ts';

/** Where files come from and go to. */
export interface FilePlace {
  readonly client: RemoteClient;
  readonly of: ConversionOf;
  readonly thread: ConversionThread;
  readonly signal: AbortSignal;
}

/** Keys of the record that a file is in; one side is null, by the direction. */
export interface FileKeys {
  readonly from: RecordKey | null;
  readonly to: { readonly recordKey: RecordKey; readonly vaultKey: VaultKey } | null;
}

/**
 * Sees to it that the file is put by, and gives its `encryptedKey` in the new form. `isStaged` says
 * that it has been.
 * @throws StrongroomError `undecipherable`, `attachmentHashMismatch`, `fileTooLarge`, `cancelled`,
 * network codes
 */
export async function convertFile(
  place: FilePlace,
  file: ConvertibleFile,
  keys: FileKeys,
  isStaged: boolean,
): Promise<string> {
  const isParted = isInParts(file.encryptedKey, keys.from);
  const convert = isParted ? convertParts : convertWhole;
  if (keys.to === null) {
    if (!isStaged) await convert(place, file, keys, null);
    return isParted ? PLAIN_PARTED_KEY : PLAIN_ATTACHMENT_KEY;
  }
  const fileKey = deriveFileKey(keys.to.vaultKey, file.id, isParted);
  try {
    if (!isStaged) await convert(place, file, keys, fileKey);
    return sealAttachmentKey(fileKey, keys.to.recordKey);
  } finally {
    wipe(fileKey);
  }
}

async function convertWhole(
  { client, of, thread, signal }: FilePlace,
  { id, encryptedKey }: ConvertibleFile,
  { from, to }: FileKeys,
  fileKey: AttachmentKey | null,
): Promise<void> {
  const { encryptedData, hash } = await readConvertibleFile(client, of.vaultId, id, signal);
  const under = to === null || fileKey === null ? null : { fileKey, recordKey: to.recordKey };
  const converted = await thread.file({ encryptedKey, encryptedData, hash }, from, under);
  const file = { encryptedData: converted.encryptedData, hash: converted.hash, digests: null };
  await putConvertedFile(client, of, { attachmentId: id, ...file }, signal);
}

async function convertParts(
  place: FilePlace,
  { id, encryptedKey }: ConvertibleFile,
  { from, to }: FileKeys,
  fileKey: AttachmentKey | null,
): Promise<void> {
  const { client, of, signal } = place;
  const { encryptedData, hash } = await readConvertibleFile(client, of.vaultId, id, signal);
  const opened = openPartList({ encryptedKey, encryptedData, hash }, from);
  try {
    const digests: string[] = [];
    for (let index = 0; index < opened.list.parts.length; index += 1) {
      digests.push(await convertPart(place, id, opened, index, fileKey));
    }
    const list = { ...opened.list, parts: digests };
    const sealed = sealPartList(list, fileKey, to === null ? null : to.recordKey);
    const file = { encryptedData: sealed.encryptedData, hash: sealed.hash, digests };
    await putConvertedFile(client, of, { attachmentId: id, ...file }, signal);
  } finally {
    if (opened.key) wipe(opened.key);
  }
}

/** Gives the digest of the part in its new form. */
async function convertPart(
  { client, of, thread, signal }: FilePlace,
  attachmentId: string,
  { list, key }: OpenedPartList,
  index: number,
  fileKey: AttachmentKey | null,
): Promise<string> {
  if (signal.aborted) throw new StrongroomError('cancelled');
  const at = { vaultId: of.vaultId, attachmentId, number: index + 1 };
  const bytes = await readConvertiblePart(client, { ...at, largest: largestPart }, signal);
  const given = { bytes, digest: list.parts[index] ?? '', length: partLength(list, index) };
  const part = await thread.part(given, key, fileKey);
  await putConvertedPart(client, at, part, signal);
  return part.digest;
}
