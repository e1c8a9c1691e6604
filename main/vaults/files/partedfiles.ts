/**
 * Files beyond the protocol's limit: into the store of this device in parts, and out of it, or from
 * the server, to where a person wants them.
 */
import { PROTOCOL_ATTACHMENT_LIMIT, isInParts, openPartList, wipe } from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { partsOffer, readPart } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { recordFor } from '../editing/rights.ts';
import type { PartProgress, PartThread } from './partthread.ts';

/** Room for what encryption adds to a part, in bytes. */
const addedToPart = 64;
/** Largest part that is taken from a server, whatever it offers by now. */
export const largestPart = 16 * 1024 * 1024 + addedToPart;

/** Whether a file of this size has to go in parts. */
export function goesInParts(size: number): boolean {
  return size > PROTOCOL_ATTACHMENT_LIMIT;
}

/** A file by its record, and whose it is. */
export interface FileInParts {
  readonly account: OpenAccount;
  readonly record: StoredRecord;
  readonly attachment: StoredAttachment;
}

export class PartedFiles {
  readonly #thread: PartThread;

  constructor(thread: PartThread) {
    this.#thread = thread;
  }

  /**
   * Encrypts the file at `path` for a record and stores its parts; it is safe on this device when
   * this returns, and stands in no record yet. Throws `fileTooLarge` where the server takes no parts,
   * `forbidden`, `fileUnreadable`, `cancelled`, disk codes.
   */
  async store(
    account: OpenAccount,
    recordId: string,
    path: string,
    progress: PartProgress,
  ): Promise<{ wire: WireAttachment; localFile: string; size: number }> {
    const offer = partsOffer(announcedFeatures(account.mirror));
    if (offer === null) throw new StrongroomError('fileTooLarge');
    const { partSize, largestFile: limit } = offer;
    const recordKey = account.secrets.takeRecordKey(recordFor(account, recordId, 'item:edit'));
    const parts = await account.files.beginParts();
    try {
      const keep = async (part: Buffer, digest: string): Promise<void> => {
        if (account.closed) throw new StrongroomError('cancelled');
        await parts.put(part, digest);
      };
      const { wire, size } = await this.#thread.encode({ path, recordKey, partSize, limit, keep }, progress);
      if (account.closed) throw new StrongroomError('cancelled');
      return { wire, size, localFile: await parts.keep(wire) };
    } catch (error) {
      await parts.discard();
      throw error;
    } finally {
      if (recordKey) wipe(recordKey);
    }
  }

  /** Whether an attachment is in parts, told by its key. Throws `undecipherable`, `vaultKeyMissing`, … */
  isInParts(account: OpenAccount, record: StoredRecord, encryptedKey: string): boolean {
    const recordKey = account.secrets.takeRecordKey(record);
    try {
      return isInParts(encryptedKey, recordKey);
    } finally {
      if (recordKey) wipe(recordKey);
    }
  }

  /**
   * Every part as it travels, of a file whose list is `wire`; null where it has more than `limit`
   * bytes. Throws as `saveTo`, but for the disk.
   */
  async partsUpTo(
    limit: number,
    { account, record, attachment }: FileInParts,
    wire: WireAttachment,
    signal: AbortSignal,
  ): Promise<Buffer[] | null> {
    const recordKey = account.secrets.takeRecordKey(record);
    let count: number;
    try {
      const { list, key } = openPartList(wire, recordKey);
      if (key) wipe(key);
      if (list.size > limit) return null;
      count = list.parts.length;
    } finally {
      if (recordKey) wipe(recordKey);
    }
    const bring = await sourceOf(account, record, attachment, signal);
    const parts: Buffer[] = [];
    for (let number = 1; number <= count; number += 1) parts.push(await bring(number));
    return parts;
  }

  /**
   * Decrypts an attachment whose list is `wire` to `toPath`, where it appears once all of it has been
   * judged. Parts that are not on this device come from the server, one by one. Throws
   * `attachmentHashMismatch` and `undecipherable` for parts that are not those of this file,
   * `attachmentNotHere`, `cancelled`, disk codes.
   */
  async saveTo(
    account: OpenAccount,
    record: StoredRecord,
    attachment: StoredAttachment,
    wire: WireAttachment,
    toPath: string,
    progress: PartProgress,
  ): Promise<void> {
    const recordKey = account.secrets.takeRecordKey(record);
    const bring = await sourceOf(account, record, attachment, progress.signal);
    try {
      await this.#thread.decode({ wire, recordKey, toPath, bring }, progress);
    } finally {
      if (recordKey) wipe(recordKey);
    }
  }
}

/** Where parts come from: this device, and for what is missing or damaged here the server. */
async function sourceOf(
  account: OpenAccount,
  record: StoredRecord,
  { localFile, serverId }: StoredAttachment,
  signal: AbortSignal,
): Promise<(number: number) => Promise<Buffer>> {
  const isHere = localFile !== null && (await storedHere(account, localFile));
  const fromServer = async (number: number): Promise<Buffer> => {
    if (serverId === null) throw new StrongroomError('attachmentNotHere');
    const place = { itemId: record.itemServerId, attachmentId: serverId };
    try {
      return await readPart(account.client, place, number, largestPart, signal);
    } catch (error) {
      throw isCode(error, 'unreachable') ? new StrongroomError('attachmentNotHere') : error;
    }
  };
  return async (number) => {
    if (account.closed) throw new StrongroomError('cancelled');
    if (!isHere) return fromServer(number);
    try {
      return await account.files.readPart(localFile, number);
    } catch (error) {
      if (serverId === null || !isCode(error, 'tampered', 'diskError')) throw error;
      return fromServer(number);
    }
  };
}

async function storedHere({ files }: OpenAccount, localFile: string): Promise<boolean> {
  try {
    return (await files.parts(localFile)) !== null;
  } catch (error) {
    if (isCode(error, 'tampered', 'diskError')) return false;
    throw error;
  }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof StrongroomError && codes.includes(error.code);
}
