/**
 * Sending a file in parts (feature `attachmentParts`).
 *
 * The session on the server has the name under which the file lies here, so every attempt goes on
 * where the one before stopped, after a cut, a lock or a restart, under whichever key the operation
 * goes out by then: what has arrived is asked for, and only the rest is sent. One attempt takes a while at most. Then the file waits for the next one, so that a large
 * file keeps neither what others have changed nor what is typed meanwhile from its way.
 */
import { randomInt } from 'node:crypto';
import { StrongroomError } from '../../../contract/errors.ts';
import { partDigest, PROTOCOL_ATTACHMENT_LIMIT, type WireAttachment } from '../../keychain/index.ts';
import type { OutboxOperation } from '../../mirror/index.ts';
import {
  dropUpload,
  finishUpload,
  openUpload,
  partsFeature,
  readPart,
  sendPart,
} from '../../remote/index.ts';
import type { FinishedUpload, UploadPlace, UploadState } from '../../remote/index.ts';
import { recordHere } from '../outbox/pending.ts';
import { isWantedHere, offlineRules } from '../offlinefiles.ts';
import { removeIdleFiles } from '../pull/idlefiles.ts';
import type { PullContext, StoredPart } from '../pullcontext.ts';
import type { Settlement } from './settling.ts';

/** How long one attempt goes on sending parts; at least one part goes out in each. */
const attemptMs = 10_000;

/** Parts on their way at the same time: while one is taken in by the server, the next one is read. */
const partsAtOnce = 2;

/** A file in parts as it waits on this device. */
export interface PartedFile {
  /** Of the attachment on this device. */
  readonly id: string;
  readonly name: string;
  readonly localFile: string;
  readonly wire: WireAttachment;
  readonly parts: readonly StoredPart[];
}

/** The file is not whole on the server yet; the next attempt goes on. */
export const unfinished = Symbol('unfinished');

/**
 * Sends what is missing of a file and attaches it.
 * @throws StrongroomError `fileTooLarge` where the server takes no parts; whatever it refuses.
 */
export async function sendInParts(
  context: PullContext,
  operation: OutboxOperation,
  itemId: string,
  file: PartedFile,
): Promise<Settlement | typeof unfinished> {
  const { client, features, signal } = context;
  const size = file.parts.reduce((sum, part) => sum + part.size, 0);
  if (!features.has(partsFeature)) {
    const limit = PROTOCOL_ATTACHMENT_LIMIT;
    throw new StrongroomError('fileTooLarge', { name: file.name, size, limit });
  }
  const place = { itemId, key: file.localFile };
  const state = await openUpload(client, place, { size, partCount: file.parts.length }, signal);
  if (state.finished !== null) {
    await proveArrival(context, itemId, state.finished.id, file.parts);
    return settlementOf(state.finished);
  }
  const outcome = await sendMissing(context, place, file, state, () => isWanted(context, operation));
  if (outcome === 'givenUp') return {};
  if (outcome === 'unfinished') return unfinished;
  const digests = file.parts.map(({ digest }) => digest);
  const sending = { idempotencyKey: operation.id, signal };
  const { name, wire } = file;
  return settlementOf(await finishUpload(client, place, { name, ...wire }, digests, sending));
}

const settlementOf = ({ id, revision, updatedAt }: FinishedUpload): Settlement => ({
  ...{ serverId: id, revision, updatedAt },
});

/**
 * A server that says it is done, without this attempt having sent anything, shows a part that we
 * choose. What waits here is let go afterwards, and may exist nowhere else.
 * @throws StrongroomError `badAnswer`
 */
async function proveArrival(
  { client, signal }: PullContext,
  itemId: string,
  attachmentId: string,
  parts: readonly StoredPart[],
): Promise<void> {
  const index = randomInt(parts.length);
  const { size, digest } = parts[index] ?? { size: 0, digest: '' };
  let shown: string;
  try {
    shown = partDigest(await readPart(client, { itemId, attachmentId }, index + 1, size, signal));
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== 'notFound') throw error;
    shown = '';
  }
  if (shown !== digest) throw new StrongroomError('badAnswer', { reason: 'partsMissing' });
}

type SendingOutcome = 'whole' | 'unfinished' | 'givenUp' | 'failed';

async function sendMissing(
  context: PullContext,
  place: UploadPlace,
  { localFile, parts }: PartedFile,
  state: UploadState,
  isStillWanted: () => boolean,
): Promise<SendingOutcome> {
  const until = performance.now() + attemptMs;
  const numbered = parts.map(({ digest }, index) => ({ number: index + 1, digest }));
  const missing = numbered.filter(({ number, digest }) => state.parts.get(number) !== digest).values();
  let outcome = 'whole' as SendingOutcome;
  const lane = async (): Promise<void> => {
    for (const part of missing) {
      if (outcome !== 'whole') return;
      await sendOne(context, place, localFile, part).catch((error: unknown) => {
        outcome = 'failed';
        throw error;
      });
      if (performance.now() > until) outcome = 'unfinished';
      if (!isStillWanted()) outcome = 'givenUp';
    }
  };
  // All of them have ended before anybody asks again what has arrived.
  const lanes = await Promise.allSettled(Array.from({ length: partsAtOnce }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  if (outcome === 'givenUp') await dropUpload(context.client, place, context.signal);
  return outcome;
}

async function sendOne(
  { client, files, signal }: PullContext,
  place: UploadPlace,
  localFile: string,
  part: { readonly number: number; readonly digest: string },
): Promise<void> {
  if (files === null) throw new StrongroomError('attachmentNotHere');
  const bytes = await files.readPart(localFile, part.number);
  await sendPart(client, place, { ...part, bytes }, signal);
}

/** False once the file was taken off its record again, while it was on its way. */
function isWanted({ mirror }: PullContext, { change, objectId }: OutboxOperation): boolean {
  const attached = recordHere(mirror, objectId)?.attachments ?? [];
  return change.kind === 'attach' && attached.some(({ id }) => id === change.attachmentId);
}

/**
 * Lets the parts on this device go once the server has them: they are many times what is kept of
 * other files, and can be fetched again. Where a person wants a copy of them here, they stay.
 */
export async function forgetSentParts(
  { files, mirror }: PullContext,
  recordId: string,
  { id, localFile }: PartedFile,
): Promise<void> {
  const record = mirror.records.get(recordId);
  const size = record?.attachments.find((file) => file.id === id)?.size ?? null;
  const isWanted = isWantedHere(offlineRules(mirror), { recordId, vaultId: record?.vaultId ?? null, size });
  if (isWanted && size !== null) return;
  mirror.records.setAttachmentLocal(recordId, id, { localFile: null, size: null });
  await removeIdleFiles(mirror, files, [localFile]);
}
