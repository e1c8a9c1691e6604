/** Rules about passwords: who sets them, and whom they are told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

interface Stated {
  passwordPolicies: { organisation: object | null; vaults: { vaultId: string }[] };
}

let server: TrialServer;
let owner: Member;
let member: Member;
let stranger: Member;
let vaultId: string;

const strict = { minimumLength: 14, requiredSets: ['lower', 'digits'], minimumBits: 60 };
const nothing = { minimumLength: 0, requiredSets: [], minimumBits: 0 };

const settings = async (who: Member) =>
  (await who.http.send<Stated>('GET', '/app/settings')).passwordPolicies;
const feed = async (who: Member) =>
  (await who.http.send<{ account: Stated }>('GET', '/changes')).account.passwordPolicies;

beforeAll(async () => {
  server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'rules-owner', false);
  owner = organisation.owner;
  member = await organisation.join('rules-member');
  stranger = (await trialOrganisation(server, 'rules-stranger', false)).owner;
  vaultId = (await owner.http.send<{ id: string }>('POST', '/vaults', { name: 'Servers' })).id;
});
afterAll(() => server.close());

describe('the policy of the organisation', () => {
  it('demands nothing until an administrator says otherwise', async () => {
    expect(await settings(member)).toEqual({ organisation: null, vaults: [] });
    const asked = member.http.send('POST', '/organisation/password-policy', strict);
    await expect(asked).rejects.toMatchObject({ status: 403 });
  });

  it('is told its members and nobody else, with the settings and with the feed', async () => {
    const asked = { ...strict, requiredSets: ['digits', 'lower', 'digits'] };
    expect(await owner.http.send('POST', '/organisation/password-policy', asked)).toEqual(strict);
    expect(await settings(member)).toEqual({ organisation: strict, vaults: [] });
    expect(await feed(member)).toEqual({ organisation: strict, vaults: [] });
    expect(await feed(stranger)).toEqual({ organisation: null, vaults: [] });
  });

  it('is refused where nobody could keep it, and taken away by demanding nothing', async () => {
    for (const wrong of [{ minimumLength: 129 }, { requiredSets: ['runes'] }, { minimumBits: -1 }]) {
      const asked = owner.http.send('POST', '/organisation/password-policy', { ...strict, ...wrong });
      await expect(asked).rejects.toMatchObject({ status: 400 });
    }
    await owner.http.send('POST', '/organisation/password-policy', nothing);
    expect((await settings(member)).organisation).toBeNull();
  });
});

describe('the policy of a vault', () => {
  it('is told those who can read the vault, beside the organisation’s', async () => {
    await owner.http.send('POST', `/vaults/${vaultId}/password-policy`, strict);
    await owner.http.send('POST', '/organisation/password-policy', strict);
    const both = { organisation: strict, vaults: [{ vaultId, ...strict }] };
    expect(await settings(owner)).toEqual(both);
    expect(await feed(owner)).toEqual(both);
    expect(await feed(member)).toEqual({ organisation: strict, vaults: [] });
  });

  it('is set by those who manage its access alone', async () => {
    for (const who of [member, stranger]) {
      const asked = who.http.send('POST', `/vaults/${vaultId}/password-policy`, nothing);
      await expect(asked).rejects.toMatchObject({ status: expect.toBeOneOf([403, 404]) as number });
    }
  });

  it('goes by demanding nothing', async () => {
    await owner.http.send('POST', `/vaults/${vaultId}/password-policy`, nothing);
    expect((await feed(owner)).vaults).toEqual([]);
  });
});
