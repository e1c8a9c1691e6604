/**
 * Sending records to inboxes. A receiver is admitted by the key that the person was shown, and the
 * record key is wrapped for that and no other (`main/sync/trust/recipients.ts`). One receiver who
 * cannot be reached does not keep the others from getting theirs; what was refused is told by name.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SendingOutcome, SharingWish } from '../../../contract/sharing.ts';
import { fromKeychain } from '../../sync/index.ts';
import type { Recipient } from '../../sync/index.ts';
import { sendToGroup, sendToPerson } from '../../remote/index.ts';
import type { SentKey } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { arrived, hasForeignKey, renewKey, withProvenKey } from './ownkey.ts';
import type { OwnedRecord } from './ownkey.ts';
import { shareable } from './sharingoffer.ts';

interface Outcome {
  sent: number;
  readonly refused: SendingOutcome['refused'];
  readonly renewed: SendingOutcome['renewed'];
}

const noKey: SentKey = { keyEncrypted: null, publicKeyFingerprint: null };
type Receiver = SharingWish['people'][number];

/**
 * Sends each record to each receiver. Failures that concern one record or receiver are told in the
 * outcome; `unreachable` and the like, which would meet every further one as well, are thrown if
 * nothing was sent yet.
 */
export async function sendRecords(
  account: OpenAccount,
  wish: SharingWish,
  now: number,
): Promise<SendingOutcome> {
  const outcome: Outcome = { sent: 0, refused: [], renewed: [] };
  const records = await readyRecords(account, wish, now, outcome);
  const admitted = new Map<string, Recipient | null>();
  for (const receiver of receiversOf(wish)) {
    if (records.length === 0) break;
    await attempt(outcome, '', receiver.userId, async () => {
      admitted.set(receiver.userId, await admission(account, receiver));
    });
  }
  for (const record of records) await sendOne(account, wish, record, admitted, outcome);
  return outcome;
}

/** Runs one step; what it is refused with is told, unless it is the same for everything. */
async function attempt(
  outcome: Outcome,
  recordName: string,
  receiverId: string | null,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (failure) {
    const error = fromKeychain(failure);
    if (!(error instanceof StrongroomError)) throw error;
    if (general.has(error.code) && outcome.sent === 0) throw error;
    outcome.refused.push({ recordName, receiverId, code: error.code });
  }
}

const general: ReadonlySet<string> = new Set([
  ...['unreachable', 'signInAgain', 'locked', 'cancelled', 'certificateChanged', 'certificateUntrusted'],
]);

/** Records that the server has, each under a key of its own. */
async function readyRecords(
  account: OpenAccount,
  { recordIds, access }: SharingWish,
  now: number,
  outcome: Outcome,
): Promise<OwnedRecord[]> {
  const ready: OwnedRecord[] = [];
  for (const recordId of new Set(recordIds)) {
    const name = account.mirror.records.get(recordId)?.name ?? '';
    await attempt(outcome, name, null, async () => {
      const record = await readyRecord(account, recordId, access, now);
      if (record.id !== recordId) outcome.renewed.push({ from: recordId, to: record.id });
      ready.push(record);
    });
  }
  return ready;
}

/** The record as it can be shared. Throws as `shareable`, `renewKey`, `arrived`. */
export async function readyRecord(
  account: OpenAccount,
  recordId: string,
  right: 'read' | 'write' | 'link',
  now: number,
): Promise<OwnedRecord> {
  shareable(account, recordId, right);
  const record = await arrived(account, recordId);
  const sharedId = hasForeignKey(account, record) ? await renewKey(account, recordId, now) : recordId;
  await arrived(account, sharedId);
  return shareable(account, sharedId, right);
}

function receiversOf({ people, groups }: SharingWish): readonly Receiver[] {
  const all = [...people, ...groups.flatMap(({ members }) => members)];
  return [...new Map(all.map((receiver) => [receiver.userId, receiver])).values()];
}

/** Null without client-side encryption. Throws as `Recipients.admit`. */
async function admission(account: OpenAccount, { userId, fingerprint }: Receiver): Promise<Recipient | null> {
  if (account.mode === 'none') return null;
  if (fingerprint === null) throw new StrongroomError('recipientKeyMissing');
  return account.recipients.admit({ userId, fingerprint });
}

async function sendOne(
  account: OpenAccount,
  { people, groups, access }: SharingWish,
  record: OwnedRecord,
  admitted: ReadonlyMap<string, Recipient | null>,
  outcome: Outcome,
): Promise<void> {
  const { client } = account;
  const { itemServerId: itemId, name } = record;
  for (const { userId } of people) {
    const recipient = admitted.get(userId);
    if (recipient === undefined) continue;
    await attempt(outcome, name, userId, async () => {
      await sendToPerson(client, { itemId, userId, access, key: keyFor(account, record, recipient) });
      outcome.sent += 1;
    });
  }
  for (const { groupId, members } of groups) {
    await attempt(outcome, name, groupId, async () => {
      const keys = new Map<string, SentKey>();
      for (const { userId } of members) {
        const recipient = admitted.get(userId);
        if (recipient) keys.set(userId, keyFor(account, record, recipient));
      }
      if (account.mode === 'client' && keys.size === 0) throw new StrongroomError('recipientKeyMissing');
      outcome.sent += (await sendToGroup(client, { itemId, groupId, access, keys })).sent;
    });
  }
}

function keyFor(account: OpenAccount, record: OwnedRecord, recipient: Recipient | null): SentKey {
  if (recipient === null) return noKey;
  return withProvenKey(account, record, (key) => {
    if (key === null) throw new StrongroomError('encryptionModeChanged');
    return { keyEncrypted: recipient.wrapRecordKey(key), publicKeyFingerprint: recipient.fingerprint };
  });
}
