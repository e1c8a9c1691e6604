/**
 * Two devices for some hundreds of steps: editing everything that can be edited, offline and
 * online in turns, syncing and deciding at random. The walk is the same for the same seed as far
 * as the machine lets two lines of work be the same.
 */
import type { Choices } from '../organisation/random.ts';
import { decideConflicts, decideHeld } from './deciding.ts';
import type { Decided } from './deciding.ts';
import type { Hands } from './hands.ts';
import { createFolder, moveFolder, removeFolder, renameFolder, restore } from './places.ts';
import { mustBeSound } from './soundness.ts';
import type { Device } from './stage.ts';

/** What a walk did. */
export interface Walked {
  steps: number;
  syncs: number;
  /** Syncs in which the line broke. */
  broken: number;
  /** Records whose rows changed although this device had edits of its own waiting for them. */
  merges: number;
  readonly decided: Decided;
}

export const nothingWalked = (): Walked => ({ steps: 0, syncs: 0, broken: 0, merges: 0, decided: new Map() });

/** One random act of a person. */
export function actAtRandom(hands: Hands, choices: Choices): Promise<boolean> {
  const draw = choices.number(40);
  if (draw < 5) return hands.isCrowded ? hands.remove() : hands.create();
  if (draw < 19) return hands.edit();
  if (draw < 21) return hands.move();
  if (draw < 22) return hands.isCrowded ? hands.remove() : hands.copy();
  if (draw < 24) return hands.remove();
  if (draw < 27) return restore(hands);
  if (draw < 28) return hands.setFavourite();
  if (draw < 29) return hands.setColor();
  if (draw < 31) return hands.changeTags();
  if (draw < 33) return hands.attach();
  if (draw < 34) return hands.detach();
  if (draw < 35) return createFolder(hands);
  if (draw < 37) return renameFolder(hands);
  if (draw < 39) return moveFolder(hands);
  return removeFolder(hands);
}

/** Ids of records with waiting edits, and what they are now. */
function waitingRows(device: Device): Map<string, number | null> {
  const { mirror } = device.account;
  const ids = new Set(
    mirror.outbox.all().flatMap(({ object, objectId }) => (object === 'record' ? [objectId] : [])),
  );
  return new Map([...ids].map((id) => [id, mirror.bases.record(id)?.revision ?? null]));
}

async function syncOnce(device: Device, walked: Walked): Promise<void> {
  const before = waitingRows(device);
  await device.sync();
  walked.syncs += 1;
  const after = waitingRows(device);
  for (const [id, revision] of after) if (before.has(id) && before.get(id) !== revision) walked.merges += 1;
}

/** Walks `steps` steps. Whatever a device says is safe goes into the stage's book by its hands. */
export async function walk(
  devices: readonly Device[],
  choices: Choices,
  steps: number,
  walked: Walked,
): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    const device = choices.pick(devices);
    walked.steps += 1;
    const draw = choices.number(100);
    if (draw < 72) await actAtRandom(device.hands, choices);
    else if (draw < 80) device.goOnline(!device.isOnline);
    else if (draw < 96) await syncOnce(device, walked);
    else if (draw < 98) await decideConflicts(device.hands, walked.decided, 2);
    else if (draw < 99) await decideHeld(device.hands, walked.decided, true);
    else {
      device.proxy.cutAt(choices.number(12), choices.pick(['request', 'body'] as const));
      await syncOnce(device, walked);
      if (!device.proxy.cutPending) walked.broken += 1;
      device.proxy.cutAt(null);
    }
    mustBeSound(device, `step ${String(step)}`);
  }
}
