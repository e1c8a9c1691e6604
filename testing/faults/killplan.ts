/** Three hundred kills over everything that writes, and the check of what is left in the end. */
import { rmSync } from 'node:fs';
import { openPasswordSlot, ProfileStore } from '../../main/custody/index.ts';
import { migrationsDir } from '../integration/application.ts';
import { choicesFrom } from '../organisation/random.ts';
import type { KillCounts, Profile } from './killing.ts';
import { copyOf, Executioner } from './killing.ts';
import type { Verdict } from './law.ts';
import { downgraded, neverSynced } from './oldmirror.ts';
import { convergeUnderLaw } from './settling.ts';
import type { Device, FaultStage } from './stage.ts';
import type { VictimMode } from './victimlanguage.ts';

export interface KillPlan {
  readonly kills: number;
  readonly seed: number;
}

export interface KillResult extends Verdict {
  readonly counts: readonly KillCounts[];
}

/** How long a victim lives at most, by what it does. */
const lifeMs: Readonly<Record<VictimMode, number>> = {
  saving: 160,
  syncing: 260,
  attaching: 320,
  firstSync: 220,
  migrating: 60,
  finishing: 0,
};

/** The profile of a device that has been closed, for victims to open without stretching a password. */
export async function profileOf({ app, accountId, person, name }: Device): Promise<Profile> {
  const [slot] = new ProfileStore(app.folder).read(accountId).slots;
  if (slot === undefined) throw new Error('the profile has a slot');
  using key = await openPasswordSlot(slot, Buffer.from(person.masterPassword ?? ''));
  const deviceKey = key.lend((bytes) => bytes.toString('hex'));
  return { folder: app.folder, accountId, deviceKey, migrationsDir, device: name };
}

/** A lane of kills on one profile: saving, syncing and attaching in turns. */
async function killOften(by: Executioner, profile: Profile, kills: number): Promise<void> {
  const modes: readonly VictimMode[] = ['saving', 'syncing', 'syncing', 'saving', 'attaching'];
  for (let kill = 0; kill < kills; kill += 1) {
    const mode = modes[kill % modes.length] ?? 'saving';
    await by.kill(profile, mode, lifeMs[mode]);
  }
}

/** Kills first syncs, five on each copy of a profile that has never synced; gives the copies. */
async function killFirstSyncs(by: Executioner, empty: Profile, kills: number): Promise<Profile[]> {
  const copies: Profile[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % 5 === 0) copies.push(copyOf(empty, 'f'));
    const [copy] = copies.slice(-1);
    if (copy) await by.kill(copy, 'firstSync', lifeMs.firstSync);
  }
  return copies;
}

/** Kills migrations of a filled mirror of the first version; each is then migrated and read whole. */
async function killMigrations(by: Executioner, old: Profile, expected: string, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    const copy = copyOf(old, 'm');
    await by.kill(copy, 'migrating', lifeMs.migrating);
    const { opened } = await by.finish(copy);
    if (opened.digest !== expected) throw new Error('a migration that was killed has changed what was there');
    copy.remove();
  }
}

/** Kills as planned, then brings both devices to the end under the law. */
export async function killAsPlanned(
  stage: FaultStage,
  script: string,
  { kills, seed }: KillPlan,
): Promise<KillResult> {
  const [one, two] = [await stage.device('a', { seed }), await stage.device('b', { seed: seed + 1 })];
  const aside = await stage.device('e', { seed: seed + 2 });
  const profiles = [await profileOf(one), await profileOf(two), await profileOf(aside)] as const;
  for (const device of [one, two, aside]) await device.app.quit();
  const executioners = [seed, seed + 1].map(
    (of) => new Executioner(script, stage.book, () => stage.truth(), choicesFrom(of)),
  );
  const [left, right] = executioners;
  if (!left || !right) throw new Error('there are two lanes');
  try {
    const rare = Math.floor(kills / 15);
    const old = downgraded(profiles[2], 'o');
    const expected = (await left.finish(profiles[2])).opened.digest;
    await killMigrations(left, old, expected, rare);
    const empty = neverSynced(profiles[2], 'n');
    const half = Math.floor((kills - 2 * rare) / 2);
    const delays = choicesFrom(seed + 9);
    for (const { proxy } of [one, two]) proxy.delayBy(() => (delays.oneIn(3) ? delays.number(12) : 0));
    const [copies] = await Promise.all([
      killOften(left, profiles[0], half).then(() => killFirstSyncs(left, empty, rare)),
      killOften(right, profiles[1], kills - 2 * rare - half),
    ]);
    for (const { proxy } of [one, two]) proxy.delayBy(() => 0);
    return await settleKilled(stage, { devices: [one, two], aside, copies, by: left, executioners });
  } finally {
    await Promise.all(executioners.map((each) => each.end()));
  }
}

interface Killed {
  readonly devices: readonly Device[];
  readonly aside: Device;
  readonly copies: readonly Profile[];
  readonly by: Executioner;
  readonly executioners: readonly Executioner[];
}

async function settleKilled(
  stage: FaultStage,
  { devices, aside, copies, by, executioners }: Killed,
): Promise<KillResult> {
  stage.leaveOut(aside);
  for (const device of devices) await device.app.unlock(device.accountId, device.person.masterPassword ?? '');
  const verdict = await convergeUnderLaw(stage);
  const ends = [];
  for (const copy of copies) ends.push((await by.finish(copy)).finished.digest);
  if (new Set(ends).size > 1) throw new Error('first syncs that were killed ended differently');
  await aside.close();
  for (const { folder } of copies) rmSync(folder, { recursive: true, force: true });
  return { ...verdict, counts: executioners.map(({ counts }) => counts) };
}
