/**
 * Sending a file in parts: what a session takes, and how it ends.
 *
 * Bytes are written outside of any transaction; rows that name them follow when they are on the
 * disk, and files that no row names any more are removed after the commit. A crash in between leaves
 * at most a file that nothing names.
 */
import type { Caller, ItemAccess } from '../access/rights.ts';
import type { PartLimits } from '../options.ts';
import { defaultPartLimits } from '../options.ts';
import type { FinishedUpload, StoredPart, Upload } from '../storage/uploads.ts';
import type { Context } from './context.ts';
import { unixSeconds } from './context.ts';
import { ApiError, invalid, notFound } from './errors.ts';
import type { SentAttachment } from './itembody.ts';
import { attachFile } from './itemwrites.ts';

/** What encryption may add to a part: a header, and padding of up to one block. */
const addedToPart = 64;

/** How long it stays known that a session was finished, in seconds: as long as answers are kept. */
const finishedMemory = 90 * 24 * 3600;

/** The bounds that this server is set to. */
export function partLimits({ options }: Pick<Context, 'options'>): PartLimits {
  return { ...defaultPartLimits, ...options.attachmentParts };
}

/** Largest number of parts of a file, and of bytes that they are together. */
export function bounds(limits: PartLimits) {
  const parts = Math.ceil(limits.largestFile / limits.partSize);
  return { parts, bytes: limits.largestFile + parts * addedToPart };
}

/** The session of a person under a key, begun now if there is none. */
export async function openUpload(
  context: Context,
  userId: string,
  itemId: string,
  key: string,
  { size, partCount }: { size: number; partCount: number },
): Promise<Upload> {
  const limits = partLimits(context);
  return context.storage.transaction(async (storage) => {
    const known = await storage.uploads.find(userId, key);
    if (known) {
      if (known.itemId === itemId && known.size === size && known.partCount === partCount) return known;
      throw new ApiError(409, 'uploadKeyReused', 'The key was used for another file.');
    }
    const { bytes, parts } = bounds(limits);
    if (size > bytes) throw invalid('fileTooLarge', 'size', 'The file is larger than this server keeps.');
    if (partCount > parts) throw invalid('tooManyParts', 'partCount', 'The parts are too small.');
    if ((await storage.uploads.countOpen(userId)) >= limits.openUploads) {
      throw new ApiError(429, 'tooManyUploads', 'Too many files are on their way. Finish one first.');
    }
    const upload = { userId, itemId, size, partCount };
    return storage.uploads.insert(upload, key, unixSeconds(context));
  });
}

/** Refuses what does not belong to the session, before a byte of it is read. */
function refuseUnfit(upload: Upload, number: number): void {
  if (upload.finished) throw new ApiError(409, 'uploadFinished', 'The file has been attached already.');
  if (number > upload.partCount) throw invalid('partUnknown', 'number', 'The file has fewer parts.');
}

/**
 * Takes one part. Nothing is kept of one that is too large, or whose bytes are not those that its
 * digest was taken of.
 */
export async function takePart(
  context: Context,
  upload: Upload,
  number: number,
  digest: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  refuseUnfit(upload, number);
  const { partFiles, attachments } = context.storage;
  const written = await partFiles.write(source, partLimits(context).partSize + addedToPart);
  if (!written) throw new ApiError(413, 'partTooLarge', 'The part is larger than this server accepts.');
  const unwanted: string[] = [written.fileName];
  try {
    if (written.digest !== digest) {
      throw invalid('partDamaged', 'content-digest', 'The bytes are not those that the digest is of.');
    }
    const replaced = await context.storage.transaction((storage) =>
      kept(storage, upload, { number, ...written }, unixSeconds(context)),
    );
    unwanted.splice(0, unwanted.length, ...replaced);
  } finally {
    await attachments.discard(unwanted);
  }
}

/** Notes an arrived part; the session may have ended while it was on its way. */
async function kept(
  storage: Pick<Context['storage'], 'uploads'>,
  upload: Upload,
  part: StoredPart,
  now: number,
): Promise<string[]> {
  const { uploads } = storage;
  const parts = await uploads.parts(upload.id);
  const others = parts.filter(({ number }) => number !== part.number);
  const total = others.reduce((sum, { size }) => sum + size, part.size);
  if (total > upload.size) throw invalid('partTooLarge', '', 'The parts are more than was announced.');
  if (!(await uploads.isOpen(upload.id))) throw notFound();
  return uploads.putPart(upload.id, part, now);
}

/** Whether parts are all of those that a list tells of, in its order. */
export const areWhole = (parts: readonly StoredPart[], digests: readonly string[]): boolean =>
  parts.length === digests.length &&
  parts.every((part, index) => part.number === index + 1 && part.digest === digests[index]);

/** Attaches the file. All parts must be there, and be the ones that its list tells of. */
export async function finishUpload(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  upload: Upload,
  sent: SentAttachment & { digests: readonly string[] },
) {
  if (upload.finished) return answerOf(upload.finished);
  return context.storage.whole(async () => {
    const { uploads } = context.storage;
    const { digests } = sent;
    if (!(await uploads.isOpen(upload.id))) throw notFound();
    const parts = await uploads.parts(upload.id);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    if (parts.length !== upload.partCount || !areWhole(parts, digests) || size !== upload.size) {
      throw new ApiError(409, 'partsMissing', 'Not all parts of the file are there.');
    }
    const { id, revision, updatedAt } = await attachFile(context, caller, access, sent);
    const finished = { attachmentId: id, revision, updatedAt };
    await uploads.finish(upload.id, finished, unixSeconds(context));
    return answerOf(finished);
  });
}

const answerOf = ({ attachmentId: id, revision, updatedAt }: FinishedUpload) => ({ id, revision, updatedAt });

/** Gives a session up with what has arrived of it; one that was finished only forgets. */
export async function dropUpload({ storage }: Context, upload: Upload): Promise<void> {
  if (upload.finished) throw new ApiError(409, 'uploadFinished', 'The file has been attached already.');
  const files = await storage.transaction((within) => within.uploads.remove(upload.id));
  await storage.afterCommit(() => storage.attachments.discard(files));
}

/** Gives up the sessions that nothing came for, with their files. */
export async function dropAbandonedUploads(context: Context): Promise<void> {
  const now = unixSeconds(context);
  const { idleSeconds } = partLimits(context);
  const files = await context.storage.transaction((storage) =>
    storage.uploads.forget(now - idleSeconds, now - finishedMemory),
  );
  await context.storage.attachments.discard(files);
}
