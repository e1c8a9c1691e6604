/** Files in parts, as far as the trials of rights need them: one part of a few bytes. */
import { createHash, randomUUID } from 'node:crypto';
import type { Member } from '../organisation/index.ts';
import type { Attempt } from './attempts.ts';
import type { Stage } from './stage.ts';
import { sealedKey, sealedText } from './stage.ts';

/** The one part. */
export const partData = Buffer.from('bytes');

const digest = createHash('sha256').update(partData);
const digestHex = digest.copy().digest('hex');
/** The headers of a request that sends it. */
export const octets = {
  'Content-Type': 'application/octet-stream',
  'Content-Digest': `sha-256=:${digest.copy().digest('base64')}:`,
};
const opening = { size: partData.length, partCount: 1 };
const finishing = () => ({
  ...{ name: 'a.txt', encryptedKey: sealedKey(), encryptedData: sealedText(), hash: 'a'.repeat(64) },
  digests: [digestHex],
});

async function sendPart(stage: Stage, who: Member, path: string): Promise<void> {
  const Authorization = `Bearer ${await stage.token(who)}`;
  const response = await fetch(`${stage.server.url}/api/v1${path}/parts/1`, {
    ...{ method: 'PUT', headers: { ...octets, Authorization }, body: partData },
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
}

/** A step of sending a file to a new record; those before it are done by the same person, if they may. */
export async function uploading(
  stage: Stage,
  who: Member | undefined,
  step: 'begin' | 'ask' | 'drop' | 'part' | 'finish',
): Promise<Attempt> {
  const path = `/items/${await stage.record()}/uploads/${randomUUID()}`;
  const mayNot = () => undefined;
  const undo = async () => who?.http.send('DELETE', path).catch(mayNot);
  if (step === 'begin') return { path, body: opening, undo };
  const begun = await who?.http.send('PUT', path, opening).catch(mayNot);
  if (who && begun && step === 'finish') await sendPart(stage, who, path);
  if (step === 'part') return { path: `${path}/parts/1`, bytes: { data: partData, headers: octets }, undo };
  if (step === 'finish') return { path: `${path}/finish`, body: finishing(), undo };
  return { path, undo };
}

/** A record with an attachment in parts, and a former state that has it too. */
export async function uploaded(stage: Stage) {
  const { http } = stage.owner;
  const itemId = await stage.record();
  const path = `/items/${itemId}/uploads/${randomUUID()}`;
  await http.send('PUT', path, opening);
  await sendPart(stage, stage.owner, path);
  const { id: attachmentId } = await http.send<{ id: string }>('POST', `${path}/finish`, finishing());
  await http.send('PATCH', `/items/${itemId}`, { name: 'Changed' });
  const { items } = await http.send<{ items: { id: string }[] }>('GET', `/items/${itemId}/snapshots`);
  return { itemId, attachmentId, snapshotId: items[0]?.id ?? '' };
}
