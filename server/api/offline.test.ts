/** The right to be offline, and what is told of it afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import { signIn } from '../../testing/organisation/member.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

interface Logged {
  event: string;
  actor: { login: string } | null;
  objectId: string;
  vaultId: string | null;
  at: number;
  arrivedAt: number;
  isOffline: boolean;
  action: string | null;
}

let now = 1_800_000_000_000;
const strangersItem = '9'.repeat(24);

let server: TrialServer;
let owner: Member;
let member: Member;
let stranger: Member;

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  const organisation = await trialOrganisation(server, 'offline-owner', false);
  owner = organisation.owner;
  member = await organisation.join('offline-member');
  stranger = (await trialOrganisation(server, 'offline-stranger', false)).owner;
});
afterAll(() => server.close());

const settings = (who: Member) => who.http.send<{ offline: object }>('GET', '/app/settings');
const account = async (who: Member) =>
  (await who.http.send<{ account: { offline: object } }>('GET', '/changes')).account;
const log = (who: Member, query = '') =>
  who.http.send<{ items: Logged[]; total: number }>('GET', `/activity${query}`);
const tell = (who: Member, reads: object[]) => who.http.send('POST', '/activity/offline-reads', { reads });

const create = async (path: string, body: object) =>
  (await owner.http.send<{ id: string }>('POST', path, body)).id;

describe('the offline policy', () => {
  it('allows thirty days until somebody says otherwise', async () => {
    expect((await settings(member)).offline).toEqual({ allowed: true, days: 30 });
    expect((await account(member)).offline).toEqual({ allowed: true, days: 30 });
  });

  it('is set by administrators, for their organisation, and outlives a restart', async () => {
    const policy = { allowed: false, days: 7 };
    const setting = member.http.send('POST', '/organisation/offline-policy', policy);
    await expect(setting).rejects.toMatchObject({ status: 403 });
    expect(await owner.http.send('POST', '/organisation/offline-policy', policy)).toEqual(policy);
    expect((await account(member)).offline).toEqual(policy);
    expect((await settings(stranger)).offline).toEqual({ allowed: true, days: 30 });
    expect(await log(owner, '?events=settings_changed')).toMatchObject({
      items: [{ event: 'settings_changed', actor: { login: 'offline-owner' }, isOffline: false }],
    });
    await server.stop();
    server = await startTrialServer({ dataFolder: server.dataFolder, clock: () => now });
    [owner, member, stranger] = [
      await signIn(server.http, owner.person),
      await signIn(server.http, member.person),
      await signIn(server.http, stranger.person),
    ];
    expect((await settings(member)).offline).toEqual(policy);
    expect(await owner.http.send('GET', '/users/info')).toMatchObject({ login: 'offline-owner' });
  });

  it.each([{ days: 0 }, { days: 366 }, { days: 1.5 }, { allowed: 'yes' }])('refuses %j', async (part) => {
    const body = { allowed: true, days: 30, ...part };
    const setting = owner.http.send('POST', '/organisation/offline-policy', body);
    await expect(setting).rejects.toMatchObject({ status: 400, codes: ['validationFailed'] });
  });
});

describe('what was read offline', () => {
  it('is logged with both times, for administrators to see', async () => {
    const vaultId = await create('/vaults', { name: 'Vault' });
    const [live, deleted] = [
      await create('/items', { vaultId, name: 'Live' }),
      await create('/items', { vaultId, name: 'Deleted' }),
    ];
    await owner.http.send('DELETE', `/items/${deleted}`);
    const before = (await log(owner, '?events=item_viewed')).total;
    now += 60_000;
    const reads = [
      { itemId: live, at: 1_799_000_000, action: 'revealed' },
      { itemId: deleted, at: 1_799_000_001, action: 'copied' },
      { itemId: strangersItem, at: 1_799_000_002, action: 'saved' },
    ];
    expect(await tell(member, reads)).toEqual({ accepted: 3 });
    const common = { event: 'item_viewed', actor: { login: 'offline-member' }, isOffline: true };
    const logged = await log(owner, '?limit=3&events=item_viewed');
    expect(logged.total).toBe(before + 3);
    expect(logged.items).toMatchObject([
      { ...common, objectId: strangersItem, vaultId: null, at: 1_799_000_002, action: 'saved' },
      { ...common, objectId: deleted, vaultId, at: 1_799_000_001, action: 'copied' },
      { ...common, objectId: live, vaultId, at: 1_799_000_000, action: 'revealed', arrivedAt: now / 1000 },
    ]);
  });

  it('does not place a record of another organisation', async () => {
    const vaultId = await create('/vaults', { name: 'Vault' });
    const itemId = await create('/items', { vaultId, name: 'Theirs' });
    await tell(stranger, [{ itemId, at: 1, action: 'copied' }]);
    expect((await log(stranger, '?events=item_viewed')).items).toMatchObject([
      { objectId: itemId, vaultId: null },
    ]);
    expect((await log(owner)).items.map(({ actor }) => actor?.login)).not.toContain('offline-stranger');
  });

  it('is closed to people without the role, and bounded', async () => {
    await expect(log(member)).rejects.toMatchObject({ status: 403 });
    const read = { itemId: strangersItem, at: 1, action: 'revealed' };
    const many = Array.from({ length: 501 }, () => read);
    await expect(tell(member, many)).rejects.toMatchObject({ status: 400 });
    await expect(tell(member, [{ ...read, action: 'hunter2' }])).rejects.toMatchObject({ status: 400 });
    await expect(tell(member, [{ ...read, at: -1 }])).rejects.toMatchObject({ status: 400 });
  });

  it('is logged once when it is told twice under one idempotency key', async () => {
    const before = (await log(owner, '?events=item_viewed')).total;
    const part = {
      ...{ method: 'POST', relativeUrl: '/api/v1/activity/offline-reads', idempotencyKey: 'reads-of-today' },
      body: { reads: [{ itemId: strangersItem, at: 5, action: 'revealed' }] },
    };
    for (let time = 0; time < 2; time += 1) {
      expect(await member.http.send('POST', '/batch', { requests: [part] })).toEqual({
        responses: [{ statusCode: 200, body: { accepted: 1 } }],
      });
    }
    expect((await log(owner, '?events=item_viewed')).total).toBe(before + 1);
  });
});
