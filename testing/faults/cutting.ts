/**
 * Breaking the line at every request of a sync in turn: before the server hears of the request,
 * and in the middle of its answer, when it has been carried out already.
 */
import type { Cut } from '../hostile/proxy.ts';
import { anna } from '../hostile/smallorganisation.ts';
import { convergeUnderLaw } from './settling.ts';
import type { Hands } from './hands.ts';
import { createFolder, moveFolder, removeFolder, renameFolder, restore } from './places.ts';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';

export interface CutCounts {
  cuts: number;
  values: number;
  /** Requests of the longest sync that was cut. */
  requests: number;
}

/** One of every kind of change, so that the outbox holds them all. */
async function editEverything(hands: Hands): Promise<void> {
  await createFolder(hands);
  await hands.create();
  await hands.create();
  for (const act of [
    () => hands.edit(),
    () => hands.move(),
    () => hands.copy(),
    () => hands.attach(),
    () => hands.attach(),
    () => hands.detach(),
    () => hands.setFavourite(),
    () => hands.setColor(),
    () => hands.changeTags(),
    () => renameFolder(hands),
    () => moveFolder(hands),
    () => hands.remove(),
    () => restore(hands),
    () => hands.remove(),
    () => removeFolder(hands),
    () => createFolder(hands),
    () => hands.edit(),
  ]) {
    await act();
  }
}

/** Kinds of what waits on a device. */
export const waitingKinds = (device: Device): string[] =>
  [...new Set(device.account.mirror.outbox.all().map(({ change }) => change.kind))].sort();

/**
 * Fills the outbox, cuts the n-th request, and syncs again until nothing is left; n goes up until
 * a sync has no n-th request any more. A second device brings news to be pulled in the same sync.
 */
export async function cutEverywhere(
  hidden: readonly string[],
  where: Cut,
  seed: number,
  step = 1,
): Promise<CutCounts> {
  const stage = await FaultStage.open();
  try {
    const device = await stage.device('c', { seed, hidden, person: anna, records: 12 });
    const other = await stage.device('d', { seed: seed + 1, person: anna, records: 12 });
    const counts: CutCounts = { cuts: 0, values: 0, requests: 0 };
    for (let at = 0; ; at += step) {
      await editEverything(device.hands);
      await other.hands.create();
      await other.sync();
      device.proxy.requests.length = 0;
      device.proxy.cutAt(at, where);
      await device.sync();
      const wasCut = !device.proxy.cutPending;
      device.proxy.cutAt(null);
      await device.sync();
      counts.requests = Math.max(counts.requests, device.proxy.requests.length);
      if (!wasCut) break;
      counts.cuts += 1;
    }
    const { values } = await convergeUnderLaw(stage, { fresh: { hidden } });
    return { ...counts, values };
  } catch (error) {
    throw new Error(`FAULT_SEED=${String(seed)} (cuts in the ${where})`, { cause: error });
  } finally {
    await stage.close();
  }
}
