/** A watcher without a token learns what cannot be reached, and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTrialServer } from '../../testing/organisation/trial.ts';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { filePlace } from '../storage/places.ts';
import { openStorage } from '../storage/storage.ts';

it('is well, and says so when its files cannot be written any more', async () => {
  const server = await startTrialServer();
  const ask = async () => {
    const response = await fetch(`${server.url}/api/v1/health`);
    return { status: response.status, text: await response.text() };
  };
  const well = await ask();
  expect(well.status).toBe(200);
  expect(JSON.parse(well.text)).toEqual({ status: 'ok', database: 'ok', files: 'ok' });
  const files = join(server.dataFolder, 'files');
  rmSync(files, { recursive: true, force: true });
  writeFileSync(files, 'in the way');
  const unwell = await ask();
  expect(unwell.status).toBe(503);
  expect(JSON.parse(unwell.text)).toEqual({ status: 'failing', database: 'ok', files: 'unreachable' });
  expect(unwell.text).not.toContain(server.dataFolder);
  await server.close();
});

it('knows a database that is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-health-'));
  const seal = createSeal(loadSealingKey(folder, false));
  const storage = await openStorage(await trialEngine(folder), seal, filePlace(folder, undefined));
  expect(await storage.reach()).toEqual({ database: true, files: true });
  await storage.close();
  expect(await storage.reach()).toEqual({ database: false, files: true });
  rmSync(folder, { recursive: true, force: true });
});
