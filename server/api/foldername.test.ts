/** Renaming a folder that somebody else may have renamed meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

let server: TrialServer;
let owner: Member;

beforeAll(async () => {
  server = await startTrialServer();
  ({ owner } = await trialOrganisation(server, 'name-owner', false));
});
afterAll(() => server.close());

const create = async (path: string, body: object) =>
  (await owner.http.send<{ id: string }>('POST', path, body)).id;
const rename = (id: string, body: object) => owner.http.send('POST', `/folders/${id}`, body);
const nameOf = async (id: string) => (await owner.http.send<{ name: string }>('GET', `/folders/${id}`)).name;

describe('renaming a folder', () => {
  it('goes by the name that is known to the caller, where one is named', async () => {
    const vaultId = await create('/vaults', { name: 'Vault' });
    const id = await create('/folders', { vaultId, parentFolderId: null, name: 'First' });
    await rename(id, { name: 'Second', expectedName: 'First' });
    await expect(rename(id, { name: 'Third', expectedName: 'First' })).rejects.toMatchObject({
      status: 409,
      codes: ['revisionConflict'],
    });
    expect(await nameOf(id)).toBe('Second');
    // It is called so already: nothing would be written over.
    expect(await rename(id, { name: 'Second', expectedName: 'First' })).toEqual({ id });
    await rename(id, { name: 'Third' });
    expect(await nameOf(id)).toBe('Third');
  });
});
