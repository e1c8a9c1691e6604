/**
 * A server that is put back to an older copy of its data: it is noticed and told, nothing newer
 * is taken from the device, and what the server has lost can be brought back.
 */
import { cpSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldTexts } from './contents.ts';
import { settle } from './settling.ts';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';
import { valuesIn } from './tokens.ts';
import { actAtRandom } from './walk.ts';

const counts = { rollbacks: 0, values: 0, erased: 0 };
let stage: FaultStage;
let device: Device;

beforeAll(async () => {
  stage = await FaultStage.open();
  device = await stage.device('a', { seed: 31 });
});
afterAll(async () => {
  await stage.close();
  const { rollbacks, values } = counts;
  console.log(
    `rollbacks: ${String(rollbacks)}, ${String(values)} values on the device before, ${String(counts.erased)} erased`,
  );
});

const putBack = (copy: string): Promise<void> =>
  stage.restartServer(() => {
    rmSync(stage.dataFolder, { recursive: true, force: true });
    cpSync(copy, stage.dataFolder, { recursive: true });
    counts.rollbacks += 1;
  });

const noticed = (): boolean =>
  device.account.mirror.notices.all().some(({ kind }) => kind === 'serverRolledBack');

describe('a server that was put back to an older backup', () => {
  it('is noticed and takes nothing newer from the device', async () => {
    for (let acts = 0; acts < 20; acts += 1) await actAtRandom(device.hands, device.hands.choices);
    await settle([device]);
    const backup = await stage.backUp();
    for (let acts = 0; acts < 6; acts += 1) await device.hands.create();
    for (let acts = 0; acts < 12; acts += 1) await device.hands.edit();
    await settle([device]);
    const before = valuesIn(await heldTexts(device.account));
    await putBack(backup);

    await device.sync();
    expect(noticed()).toBe(true);
    const after = new Set(valuesIn(await heldTexts(device.account)));
    const erased = before.filter((token) => !after.has(token));
    counts.erased += erased.length;
    expect(erased).toEqual([]);
    counts.values += before.length;
    rmSync(backup, { recursive: true, force: true });
  }, 60_000);

  it('goes on being used: later syncs erase nothing either, and new edits arrive', async () => {
    const before = valuesIn(await heldTexts(device.account));
    for (let round = 0; round < 3; round += 1) {
      await device.hands.create();
      await device.sync();
    }
    const after = new Set(valuesIn(await heldTexts(device.account)));
    const erased = before.filter((token) => !after.has(token));
    counts.erased += erased.length;
    expect(erased).toEqual([]);
    counts.values += before.length;
    const { values } = await stage.truth();
    const newest = device.hands
      .records()
      .filter(({ serverId }) => serverId !== '')
      .at(-1);
    expect(valuesIn([newest?.name ?? '']).every((token) => values.has(token))).toBe(true);
  }, 60_000);
});
