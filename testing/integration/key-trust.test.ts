/** Keys of other people before a server that swaps them (threat table D3, rows 4, 5, 7 and 13b). */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyFingerprint, unwrapVaultKey } from '../../main/keychain/index.ts';
import type { Recipients } from '../../main/sync/index.ts';
import type { Member } from '../organisation/member.ts';
import { TrustStage } from './truststage.ts';

let stage: TrustStage;
let recipients: Recipients;

beforeAll(async () => {
  stage = await TrustStage.open();
  recipients = stage.app.accounts.current().recipients;
});
afterAll(() => stage.close());
afterEach(() => stage.proxy.tell(null));

function pem(bits: number): string {
  return generateKeyPairSync('rsa', { modulusLength: bits })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
}
const attacker = pem(2048);
const weak = pem(1024);
const code = (name: string) => expect.objectContaining({ code: name });
let newcomers = 0;
const somebody = (): Promise<Member> => stage.join(`trusted-${(newcomers += 1)}`);
const pinOf = (userId: string) => stage.app.accounts.current().mirror.pins.userKey(userId);

async function known(): Promise<{ member: Member; fingerprint: string }> {
  const member = await somebody();
  const { fingerprint } = await recipients.look(member.userId);
  if (fingerprint === null) throw new Error('The person has no key.');
  await recipients.admit({ userId: member.userId, fingerprint });
  return { member, fingerprint };
}

describe('D3 row 5: the gate through which keys leave for others', () => {
  it('looks without pinning, pins what was admitted, and wraps for its owner', async () => {
    const member = await somebody();
    const { userId } = member;
    const facts = await recipients.look(userId);
    expect(facts).toMatchObject({ trust: 'unseen', pin: null, bits: 2048 });
    expect(pinOf(userId)).toBeNull();
    const recipient = await recipients.admit({ userId, fingerprint: facts.fingerprint ?? '' });
    expect(pinOf(userId)).toMatchObject({ fingerprint: facts.fingerprint, verifiedAt: null });
    const key = stage.organisation.servers.key;
    if (key === null || member.privateKey === null) throw new Error('Both have keys.');
    expect(unwrapVaultKey(recipient.wrapVaultKey(key), member.privateKey)).toEqual(key);
    expect((await recipients.look(userId)).trust).toBe('seen');
  });

  it('is shut for a key that is another one than before', async () => {
    const { member, fingerprint } = await known();
    stage.stateKey(member.userId, attacker);
    const facts = await recipients.look(member.userId);
    expect(facts).toMatchObject({ trust: 'changed', fingerprint: keyFingerprint(attacker) });
    for (const shown of [fingerprint, keyFingerprint(attacker)]) {
      await expect(recipients.admit({ userId: member.userId, fingerprint: shown })).rejects.toEqual(
        code('recipientKeyChanged'),
      );
    }
    expect(pinOf(member.userId)?.fingerprint).toBe(fingerprint);
  });

  it('is shut for a key that came between showing and deciding', async () => {
    const { userId } = await somebody();
    const { fingerprint } = await recipients.look(userId);
    stage.stateKey(userId, attacker);
    await expect(recipients.admit({ userId, fingerprint: fingerprint ?? '' })).rejects.toEqual(
      code('recipientKeyChanged'),
    );
    expect(pinOf(userId)).toBeNull();
  });

  it.each([
    ['no key', null, 'missing'],
    ['nothing that is a key', 'hello', 'unreadable'],
  ])('is shut where there is %s', async (_what, publicKey, trust) => {
    const { userId } = await somebody();
    stage.stateKey(userId, publicKey);
    expect(await recipients.look(userId)).toMatchObject({ trust, fingerprint: null });
    const wish = { userId, fingerprint: keyFingerprint(attacker) };
    await expect(recipients.admit(wish)).rejects.toEqual(code('recipientKeyMissing'));
    expect(pinOf(userId)).toBeNull();
  });

  it('is shut for a key that was known and is unreadable now', async () => {
    const { member, fingerprint } = await known();
    stage.stateKey(member.userId, 'hello');
    expect((await recipients.look(member.userId)).trust).toBe('changed');
    await expect(recipients.admit({ userId: member.userId, fingerprint })).rejects.toEqual(
      code('recipientKeyChanged'),
    );
  });

  it('D3 row 13b: takes a key that is too short only on somebody’s word', async () => {
    const { userId } = await somebody();
    stage.stateKey(userId, weak);
    const wish = { userId, fingerprint: keyFingerprint(weak) };
    await expect(recipients.admit(wish)).rejects.toEqual(
      expect.objectContaining({ code: 'weakRecipientKey', params: { bits: 1024 } }),
    );
    const admitted = await recipients.admit({ ...wish, allowWeak: true });
    expect(admitted.fingerprint).toBe(wish.fingerprint);
  });
});

describe("D3 row 4: one's own key", () => {
  it('is computed, never asked for', async () => {
    const { anna, servers } = stage.organisation;
    if (servers.key === null || anna.privateKey === null) throw new Error('anna has keys.');
    stage.stateKey(anna.userId, attacker);
    const own = recipients.own();
    expect(own.userId).toBe(anna.userId);
    expect(unwrapVaultKey(own.wrapVaultKey(servers.key), anna.privateKey)).toEqual(servers.key);
    await expect(recipients.look(anna.userId)).rejects.toEqual(code('ownKeyMismatch'));
  });

  it('is shown in the words that others see', async () => {
    const { anna } = stage.organisation;
    const { key } = await stage.app.ask('keyTrust', 'own', {});
    const seen = await stage.app.ask('keyTrust', 'look', { userId: anna.userId });
    expect(seen).toMatchObject({ trust: 'own', key });
    const boris = await stage.applicationOf(stage.organisation.boris);
    const asBorisSees = await boris.ask('keyTrust', 'look', { userId: anna.userId });
    expect(asBorisSees).toMatchObject({ trust: 'unseen', key });
    expect(key?.words).toHaveLength(8);
  });
});

describe('what a person decides of a key', () => {
  it('is marked as compared, and the mark can be taken away', async () => {
    const { userId } = await somebody();
    const { key } = await stage.app.ask('keyTrust', 'look', { userId });
    const fingerprint = key?.fingerprint ?? '';
    const verified = await stage.app.ask('keyTrust', 'verify', { userId, fingerprint });
    expect(verified).toMatchObject({ trust: 'verified', freshUntil: null });
    expect(verified.verifiedAt).not.toBeNull();
    expect(await stage.app.ask('keyTrust', 'unverify', { userId })).toMatchObject({
      ...{ trust: 'seen', verifiedAt: null },
    });
  });

  it('counts for the key that was shown, not for one that came since', async () => {
    const { member, fingerprint } = await known();
    const { userId } = member;
    stage.stateKey(userId, attacker);
    for (const verb of ['verify', 'accept'] as const) {
      const wish = { userId, fingerprint };
      const refusal =
        verb === 'verify'
          ? stage.app.refusal('keyTrust', 'verify', wish)
          : stage.app.refusal('keyTrust', 'accept', { ...wish, askedInPerson: true });
      expect(await refusal).toBe('recipientKeyChanged');
    }
    const swapped = { userId, fingerprint: keyFingerprint(attacker) };
    expect(await stage.app.refusal('keyTrust', 'verify', swapped)).toBe('recipientKeyChanged');
    expect(pinOf(userId)).toMatchObject({ fingerprint, verifiedAt: null });
  });
});

describe('D3 row 7: a reset brings another key', () => {
  it('shows old and new, who reset it and when, and is accepted after asking in person', async () => {
    const { member, fingerprint } = await known();
    const { userId } = member;
    await stage.app.ask('keyTrust', 'verify', { userId, fingerprint });
    await stage.reset(member);
    const facts = await stage.app.ask('keyTrust', 'look', { userId });
    expect(facts).toMatchObject({
      ...{ trust: 'changed', former: { fingerprint }, reset: { by: 'anna' } },
    });
    expect(facts.key?.fingerprint).not.toBe(fingerprint);
    expect(facts.freshUntil).toBeGreaterThan(Date.now());
    const now = facts.key?.fingerprint ?? '';
    const wish = { userId, fingerprint: now };
    expect(await stage.app.refusal('keyTrust', 'accept', { ...wish, askedInPerson: false })).toBe(
      'keyTooFresh',
    );
    await expect(recipients.admit(wish)).rejects.toEqual(code('recipientKeyChanged'));
    const accepted = await stage.app.ask('keyTrust', 'accept', { ...wish, askedInPerson: true });
    expect(accepted).toMatchObject({
      ...{ trust: 'seen', verifiedAt: null, former: { fingerprint }, key: { fingerprint: now } },
    });
    expect((await recipients.admit(wish)).fingerprint).toBe(now);
  });

  it('told without one having happened changes nothing: the known key stays the known key', async () => {
    const { member, fingerprint } = await known();
    const { userId } = member;
    const at = Math.floor(Date.now() / 1000);
    const by = { id: stage.organisation.anna.userId, login: 'anna', fullName: 'anna' };
    stage.stateKey(userId, attacker, { madeAt: at, reset: { at, by } });
    const facts = await stage.app.ask('keyTrust', 'look', { userId });
    expect(facts).toMatchObject({ trust: 'changed', former: { fingerprint } });
    stage.proxy.tell(null);
    expect(await stage.app.ask('keyTrust', 'look', { userId })).toMatchObject({
      ...{ trust: 'seen', freshUntil: null },
    });
  });
});
