/**
 * The end of every suite: all devices come online, everything is decided and sent, and then the
 * law is checked and the devices are held against each other and against one that has just
 * come.
 */
import { isDeepStrictEqual } from 'node:util';
import { checkLaw } from './law.ts';
import type { Verdict } from './law.ts';
import { commonContent } from './contents.ts';
import { decideConflicts, decideHeld } from './deciding.ts';
import type { Decided } from './deciding.ts';
import { mustBeSound } from './soundness.ts';
import type { Device, DeviceWishes, FaultStage } from './stage.ts';

const mostRounds = 25;

/** Why devices that should agree do not. */
export class NotConverged extends Error {}

/** What waits on a device, for whoever reads why it does not end. */
function waitingOn({ name, account }: Device): string {
  const { mirror, synchroniser } = account;
  const waiting = mirror.outbox
    .all()
    .map(({ change, state, attempts, problem, name: of }) => {
      return `${change.kind} ${state} after ${String(attempts)} (${problem?.code ?? '-'}) of "${of}"`;
    })
    .slice(0, 12);
  const { phase, problem } = synchroniser.status();
  const conflicts = mirror.conflicts.all().map(({ kind }) => kind);
  return [`${name}: ${phase} ${problem?.code ?? ''}`, ...conflicts, ...waiting].join('\n  ');
}

/** Syncs and decides on every device until nothing waits anywhere and nobody has news for another. */
export async function settle(devices: readonly Device[], decided: Decided = new Map()): Promise<void> {
  for (const device of devices) device.goOnline(true);
  for (let round = 0; round < mostRounds; round += 1) {
    for (const device of devices) {
      const { phase, problem } = await device.sync();
      if (phase !== 'idle') throw new NotConverged(`${device.name}: ${phase} ${problem?.code ?? ''}`);
      mustBeSound(device, `sync ${String(round)} of the end`);
      await decideConflicts(device.hands, decided);
      await decideHeld(device.hands, decided, round < 3);
      mustBeSound(device, `decision ${String(round)} of the end`);
      if (!device.isSettled) await device.sync();
    }
    if (devices.every((device) => device.isSettled) && (await haveNoNews(devices))) return;
  }
  throw new NotConverged(
    `not settled after ${String(mostRounds)} rounds\n${devices.map(waitingOn).join('\n')}`,
  );
}

/** One more sync each brings nothing up that would have to be decided or sent. */
async function haveNoNews(devices: readonly Device[]): Promise<boolean> {
  for (const device of devices) await device.sync();
  return devices.every((device) => device.isSettled);
}

/** The first place where two contents differ, in words. */
export function firstDifference(one: unknown, other: unknown, path = ''): string {
  if (isDeepStrictEqual(one, other)) return '';
  const areObjects = [one, other].every((value) => typeof value === 'object' && value !== null);
  if (!areObjects) return `${path}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
  const a = one as Record<string, unknown>;
  const b = other as Record<string, unknown>;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], `${path}/${key}`);
    if (found !== '') return found;
  }
  return `${path}: differ`;
}

async function mustEqual(one: Device, other: Device, vaultId?: string): Promise<void> {
  const contents = [await commonContent(one.account, vaultId), await commonContent(other.account, vaultId)];
  // A device whose server lists no bin knows of what was deleted elsewhere only that it is gone.
  const [mine, theirs] = contents.every(({ bin }) => bin !== null)
    ? contents
    : contents.map((content) => ({ ...content, bin: null }));
  const difference = firstDifference(mine, theirs);
  if (difference !== '') throw new NotConverged(`${one.name} and ${other.name} differ at ${difference}`);
}

/**
 * Settles, checks the law, and compares the devices row by row with each other and with a fresh
 * one. `vaultId`: what devices of different people have in common.
 */
export async function convergeUnderLaw(
  stage: FaultStage,
  options: { decided?: Decided; vaultId?: string; fresh?: DeviceWishes; freshName?: string } = {},
): Promise<Verdict> {
  const devices = [...stage.devices];
  await settle(devices, options.decided);
  for (const device of devices) stage.book.settled(device.name);
  const verdict = await checkLaw(stage.book, await stage.truth(), {
    settled: devices.map(({ account }) => account),
  });
  const fresh = await stage.device(options.freshName ?? 'z', options.fresh);
  for (const device of devices) await mustEqual(device, fresh, options.vaultId);
  await stage.dismiss(fresh);
  return verdict;
}
