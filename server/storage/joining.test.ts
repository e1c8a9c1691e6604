/** Work that joins one transaction is kept as a whole, or not at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { filePlace } from './places.ts';
import { newId } from './ids.ts';
import type { Storage } from './storage.ts';
import { openStorage } from './storage.ts';

let folder = '';
let storage: Storage;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-joined-'));
  const seal = createSeal(loadSealingKey(folder, false));
  storage = await openStorage(await trialEngine(folder), seal, filePlace(folder, undefined));
});
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Two writes: one in a transaction of its own, one without. */
async function write(): Promise<{ first: string; second: string }> {
  const [first, second] = [newId(0), newId(0)];
  await storage.transaction((within) =>
    within.organisations.insert({ id: first, name: 'First', clientSideEncryption: false }, 0),
  );
  await storage.organisations.insert({ id: second, name: 'Second', clientSideEncryption: false }, 0);
  return { first, second };
}

describe('work done as a whole', () => {
  it('sees its own changes, and leaves nothing behind when it fails', async () => {
    const done: string[] = [];
    const ids: string[] = [];
    const failing = storage.whole(async () => {
      const { first, second } = await write();
      ids.push(first, second);
      expect((await storage.organisations.find(first))?.name).toBe('First');
      await storage.afterCommit(async () => void done.push('after'));
      throw new Error('The disk is full.');
    });
    await expect(failing).rejects.toThrow('The disk is full.');
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(await storage.organisations.find(id)).toBeUndefined();
    expect(done).toEqual([]);
  });

  it('is kept with everything in it, and only then what waits for it happens', async () => {
    const done: string[] = [];
    const { first, second } = await storage.whole(async () => {
      await storage.afterCommit(async () => void done.push('after'));
      const written = await write();
      expect(done).toEqual([]);
      return written;
    });
    expect(done).toEqual(['after']);
    expect((await storage.organisations.find(first))?.name).toBe('First');
    expect((await storage.organisations.find(second))?.name).toBe('Second');
  });

  it('stands apart from other work that goes on at the same time', async () => {
    const results = await Promise.allSettled([
      storage.whole(async () => {
        await write();
        throw new Error('No.');
      }),
      write(),
      storage.whole(write),
    ]);
    const [failed, ...kept] = results;
    expect(failed?.status).toBe('rejected');
    for (const each of kept) {
      if (each.status === 'rejected') throw each.reason;
      expect(await storage.organisations.find(each.value.first)).toBeDefined();
      expect(await storage.organisations.find(each.value.second)).toBeDefined();
    }
  });
});
