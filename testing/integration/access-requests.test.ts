/** Access requests end to end, also before a server that forges them (threat table D3, rows 6, 7). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRequestView } from '../../contract/requests.ts';
import { changing, rowsOf, type Members } from '../hostile/lies.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import { TrustStage } from './truststage.ts';

let stage: TrustStage;
beforeAll(async () => {
  stage = await TrustStage.open();
});
afterAll(() => stage.close());
afterEach(() => {
  stage.proxy.tell(null);
  stage.proxy.requests.length = 0;
});

let count = 0;
async function waitingPerson(vouched = true): Promise<{ member: Member; vault: OpenVault; group: string }> {
  const number = (count += 1);
  const member = await stage.join(`waiting-${number}`);
  const { vault, group } = await stage.vaultWithGroup(`Requested ${number}`, ['Switch', 'Printer']);
  await stage.addTo(group, member);
  await stage.app.synced();
  if (vouched) await stage.app.ask('requests', 'vouch', { vaultId: vault.id });
  return { member, vault, group };
}

async function requestOf(vault: OpenVault): Promise<AccessRequestView> {
  const { requests } = await stage.app.ask('requests', 'list', { offset: 0 });
  const found = requests.find((each) => each.vault.id === vault.id);
  if (found === undefined) throw new Error('Nobody waits for the vault.');
  return found;
}

const wishOf = ({ id, vault, person, fingerprint }: AccessRequestView) => ({
  ...{ id, vaultId: vault.id, userId: person.id, fingerprint: fingerprint ?? '', allowWeak: false },
});
async function outcomesOf(...requests: readonly AccessRequestView[]): Promise<(string | null)[]> {
  const { outcomes } = await stage.app.ask('requests', 'confirm', { requests: requests.map(wishOf) });
  return outcomes.map(({ failure }) => failure?.code ?? null);
}
const confirmations = () =>
  stage.proxy.requests.filter(({ path }) => /access-requests\/[^/]+\/confirm/.test(path));

describe('somebody who joins a group', () => {
  it('is shown with who, where and why, is confirmed by hand, and reads then', async () => {
    const { member, vault } = await waitingPerson();
    const reader = await stage.applicationOf(member);
    expect(await reader.ids()).toEqual([]);
    const request = await requestOf(vault);
    expect(request).toMatchObject({
      ...{ vault: { name: vault.name }, person: { id: member.userId, login: member.person.login } },
      ...{ group: `Team ${vault.name}`, requester: 'anna', reason: 'group', trust: 'unseen' },
      obstacle: null,
    });
    const { count: before } = await stage.app.ask('requests', 'waiting', {});
    expect(before).toBeGreaterThan(0);
    expect(await outcomesOf(request)).toEqual([null]);
    expect(await stage.app.ask('requests', 'waiting', {})).toEqual({ count: before - 1 });
    await reader.synced();
    const [first] = await reader.ids();
    const revealed = await reader.ask('records', 'revealField', {
      recordId: first ?? '',
      field: { kind: 'password' },
    });
    expect(JSON.stringify(revealed)).toMatch(/password of (Switch|Printer)/);
    expect(await outcomesOf(request)).toEqual(['requestGone']);
  });

  it('is declined, and gets nothing', async () => {
    const { vault, member } = await waitingPerson();
    const { id } = await requestOf(vault);
    await stage.app.ask('requests', 'decline', { id });
    await expect(requestOf(vault)).rejects.toThrow('Nobody waits');
    const vaults = await member.http.send<{ items: { id: string }[] }>('GET', '/vaults');
    expect(vaults.items.map((each) => each.id)).not.toContain(vault.id);
  });

  it('waits until somebody has vouched for a vault whose key came from the server', async () => {
    const { vault } = await waitingPerson(false);
    const request = await requestOf(vault);
    expect(request.obstacle).toBe('vaultKeyUnverified');
    expect(await outcomesOf(request)).toEqual(['vaultKeyUnverified']);
    expect(confirmations()).toEqual([]);
    await stage.app.ask('requests', 'vouch', { vaultId: vault.id });
    expect(await outcomesOf(await requestOf(vault))).toEqual([null]);
  });

  it('is confirmed together with others only once the keys were compared', async () => {
    const one = await waitingPerson();
    const two = await waitingPerson();
    const requests = [await requestOf(one.vault), await requestOf(two.vault)];
    expect(await outcomesOf(...requests)).toEqual(['keyNotCompared', 'keyNotCompared']);
    expect(confirmations()).toEqual([]);
    for (const { person, fingerprint } of requests) {
      const wish = { userId: person.id, fingerprint: fingerprint ?? '' };
      await stage.app.ask('keyTrust', 'verify', wish);
    }
    expect(await outcomesOf(...requests)).toEqual([null, null]);
  });
});

describe('D3 row 6: a forged request', () => {
  const forge = (change: (row: Members) => void) =>
    stage.proxy.tell(changing('/access-requests', (json) => rowsOf(json).forEach(change)));

  it('for somebody who is in no list of people stays pending', async () => {
    const { vault } = await waitingPerson();
    const ghost = '01234567-89ab-cdef-0123-456789abcdef'.replaceAll('-', '').slice(0, 24);
    forge((row) => {
      row['user'] = { id: ghost, login: 'boris', fullName: 'Boris' };
      row['publicKeyFingerprint'] = 'ab'.repeat(32);
    });
    const request = await requestOf(vault);
    expect(request).toMatchObject({ obstacle: 'unknownPerson', trust: 'unseen' });
    expect(await outcomesOf(request)).toEqual(['notInPeople']);
    expect(confirmations()).toEqual([]);
  });

  it('with another fingerprint than the known one is told apart and stopped', async () => {
    const { member, vault } = await waitingPerson();
    const { key } = await stage.app.ask('keyTrust', 'look', { userId: member.userId });
    await stage.app.ask('keyTrust', 'verify', {
      ...{ userId: member.userId, fingerprint: key?.fingerprint ?? '' },
    });
    forge((row) => void (row['publicKeyFingerprint'] = 'cd'.repeat(32)));
    const request = await requestOf(vault);
    expect(request).toMatchObject({ obstacle: 'keyChanged', trust: 'changed' });
    expect(await outcomesOf(request)).toEqual(['recipientKeyChanged']);
    expect(confirmations()).toEqual([]);
  });

  it('is confirmed by nothing that happens by itself', async () => {
    const { vault } = await waitingPerson();
    await stage.app.synced();
    await stage.app.ask('requests', 'waiting', {});
    await stage.app.ask('requests', 'list', { offset: 0 });
    await stage.app.synced();
    expect(confirmations()).toEqual([]);
    expect((await requestOf(vault)).obstacle).toBeNull();
  });
});

describe('D3 row 7: a reset told again', () => {
  it('wraps nothing until the other key was accepted', async () => {
    const { member, vault, group } = await waitingPerson();
    expect(await outcomesOf(await requestOf(vault))).toEqual([null]);
    await stage.reset(member);
    const request = await requestOf(vault);
    expect(request).toMatchObject({ reason: 'reset', trust: 'changed', obstacle: 'keyChanged' });
    stage.proxy.requests.length = 0;
    expect(await outcomesOf(request)).toEqual(['recipientKeyChanged']);
    expect(confirmations()).toEqual([]);
    const wish = { userId: member.userId, fingerprint: request.fingerprint ?? '' };
    await stage.app.ask('keyTrust', 'accept', { ...wish, askedInPerson: true });
    expect(await outcomesOf(await requestOf(vault))).toEqual([null]);
    expect(group).not.toBe('');
  });
});
