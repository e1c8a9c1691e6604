import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { filePlace } from './places.ts';
import { newId } from './ids.ts';
import type { User } from './people.ts';
import type { Storage } from './storage.ts';
import { openStorage } from './storage.ts';

let folder = '';
let storage: Storage;
const organisationId = newId(0);

const person = (login: string): User => ({
  ...{ id: newId(0), organisationId, login, email: '', fullName: login, role: 'user', roleId: null },
  ...{ isOwner: false, isBlocked: false, isDeleted: false, passwordHash: 'a hash', masterKeyOptions: '' },
  ...{ masterKeyFingerprint: null, keys: null },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-directory-'));
  const seal = createSeal(loadSealingKey(folder, false));
  storage = await openStorage(await trialEngine(folder), seal, filePlace(folder, undefined));
  await storage.organisations.insert({ id: organisationId, name: 'O', clientSideEncryption: true }, 0);
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const names = async () => (await storage.directory.list(organisationId)).map(({ fullName }) => fullName);

describe('the directory', () => {
  it('shows every change at once, and nothing of what was taken back', async () => {
    const [one, two] = [person('one'), person('two')];
    await storage.users.insert(one, 1);
    await storage.users.insert(two, 2);
    expect(await names()).toEqual(['one', 'two']);
    await storage.users.update({ ...one, fullName: 'renamed', isBlocked: true });
    expect(await storage.directory.list(organisationId)).toMatchObject([
      { fullName: 'renamed', isBlocked: true, hasKeys: false },
      { fullName: 'two', isBlocked: false },
    ]);
    const failing = storage.transaction(async (within) => {
      await within.users.update({ ...two, fullName: 'never' });
      expect((await within.directory.list(organisationId))[1]?.fullName).toBe('never');
      throw new Error('taken back');
    });
    await expect(failing).rejects.toThrow('taken back');
    expect(await names()).toEqual(['renamed', 'two']);
    await storage.users.update({ ...two, isDeleted: true });
    expect(await names()).toEqual(['renamed']);
  });

  it('holds no hash and no key', async () => {
    const keys = { public: 'a public key', privateEncrypted: 'a private key' };
    await storage.users.insert({ ...person('keyed'), keys }, 3);
    const [last] = (await storage.directory.list(organisationId)).toReversed();
    expect(last).toMatchObject({ login: 'keyed', hasKeys: true });
    expect(JSON.stringify(last)).not.toMatch(/a hash|public key|private key/);
  });
});
