/** Rosters that somebody signed, before a server and a colleague that lie (threat table D3, row 5). */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CustomChange } from '../../contract/editing.ts';
import type { KeyFacts } from '../../contract/keytrust.ts';
import { keyFingerprint, signRoster, type SignedRoster } from '../../main/keychain/index.ts';
import { rosterTag } from '../../main/vaults/roster/rosterrecords.ts';
import { changing } from '../hostile/lies.ts';
import { createVault } from '../organisation/member.ts';
import type { Application } from './application.ts';
import { RosterStage } from './rosterstage.ts';

let stage: RosterStage;
beforeAll(async () => {
  stage = await RosterStage.open();
}, 120_000);
afterAll(() => stage.close());
afterEach(() => stage.trust.proxy.tell(null));

const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const set = (text: string | Uint8Array) => ({ kind: 'set' as const, value: Buffer.from(text) });
const look = (app: Application, userId: string): Promise<KeyFacts> => app.ask('keyTrust', 'look', { userId });

/** The fields of a roster as whoever may write the record can type them. */
function fieldsOf({ text, signature, key }: SignedRoster, isNew: boolean): CustomChange[] {
  return Object.entries({ roster: text, signature, key }).map(([name, value], index) => ({
    ...{ from: isNew ? null : index, label: set(name), type: 'text', value: set(value) },
  }));
}

/** What a device has in a record with the tag. */
function signedIn(app: Application, serverId: string): SignedRoster {
  const { mirror, secrets } = app.accounts.current();
  const record = mirror.records.byServerId('record', serverId);
  if (record === null) throw new Error('The record is gone.');
  const texts = secrets
    .withRecordKey(record, (key) => secrets.openCustoms(record, key))
    .map((field) => Buffer.from(field?.value ?? []));
  const [text, signature, key] = texts;
  return { text: text ?? Buffer.alloc(0), signature: String(signature), key: String(key) };
}

async function everybodySyncs(): Promise<void> {
  for (const app of [stage.mallorys, stage.annas, stage.boris]) await app.synced();
}

describe('a roster', () => {
  it('is found on another device, counts for nothing before its key was accepted, and vouches after', async () => {
    const { userId, fingerprint, name } = await stage.comparedByAnna();
    const recordId = stage.idOn(stage.boris, await stage.annaSigns());
    const [found] = await stage.borisSees('anna');
    const proposal = await stage.annas.ask('roster', 'propose', {});
    expect(found).toMatchObject({
      ...{ recordId, recordName: 'Key roster', vaultName: 'Everybody', state: 'unknown' },
      content: { words: proposal.words, number: 1, count: 2 },
    });
    expect((await look(stage.boris, userId)).roster).toBeNull();
    const keyFingerprint = found?.content?.keyFingerprint ?? '';
    const another = { recordId, keyFingerprint: 'ab'.repeat(32) };
    expect(await stage.boris.refusal('roster', 'accept', another)).toBe('changedMeanwhile');
    await stage.boris.ask('roster', 'accept', { recordId, keyFingerprint });
    expect((await stage.borisSees('anna'))[0]?.state).toBe('accepted');
    expect(await look(stage.boris, userId)).toMatchObject({
      ...{ trust: 'unseen', key: { fingerprint } },
      roster: { standing: 'vouched', signers: [{ name: 'anna', isOwn: false }], name, isOverruled: false },
    });
    await stage.boris.ask('roster', 'withdraw', { keyFingerprint });
    expect((await look(stage.boris, userId)).roster).toBeNull();
  });

  it('names only those who were compared on this device, and its signer', async () => {
    const { userId } = await stage.comparedByAnna();
    const stranger = await stage.trust.join('stranger');
    await look(stage.annas, stranger.userId);
    const { people } = await stage.annas.ask('roster', 'propose', {});
    const ids = people.map((person) => person.userId);
    expect(ids).toContain(userId);
    expect(ids).toContain(stage.trust.organisation.anna.userId);
    expect(ids).not.toContain(stranger.userId);
    expect(people.find((person) => person.userId === userId)).toMatchObject({ since: 'new', isOwn: false });
  });

  it('is signed anew in the same record, and opens after a restart', async () => {
    const first = await stage.annaSigns();
    const before = (await stage.borisSees('anna'))[0]?.content?.number ?? 0;
    const { userId } = await stage.comparedByAnna();
    expect(await stage.annaSigns()).toBe(first);
    await stage.borisBelievesAnna();
    const after = (await stage.borisSees('anna'))[0];
    expect(after).toMatchObject({ recordId: stage.idOn(stage.boris, first), state: 'accepted' });
    expect(after?.content?.number).toBeGreaterThan(before);
    const accountId = stage.boris.accounts.current().id;
    await stage.boris.ask('session', 'lock', {});
    await stage.boris.unlock(accountId, stage.trust.organisation.boris.person.masterPassword ?? '');
    expect((await look(stage.boris, userId)).roster?.standing).toBe('vouched');
  });

  it('is signed without contact and goes out with the next sync', async () => {
    const { userId } = await stage.comparedByAnna();
    stage.trust.proxy.tell(() => null);
    const wish = { vaultId: stage.vault.id, recordName: 'Key roster' };
    await stage.annas.ask('roster', 'sign', wish);
    stage.trust.proxy.tell(null);
    await everybodySyncs();
    expect((await look(stage.boris, userId)).roster?.standing).toBe('vouched');
  });

  it('counts on another device of its signer without being accepted, also for several requests', async () => {
    const waiting = [await stage.comparedByAnna(), await stage.comparedByAnna()];
    await stage.annaSigns();
    const { vault, group } = await stage.trust.vaultWithGroup('Waited for', ['Switch']);
    await stage.trust.addTo(group, ...waiting.map(({ member }) => member));
    const other = await stage.annasOther();
    expect((await other.ask('roster', 'list', {})).rosters.map(({ state }) => state)).toContain('own');
    await other.ask('requests', 'vouch', { vaultId: vault.id });
    const { requests } = await other.ask('requests', 'list', { offset: 0 });
    const ours = requests.filter((request) => request.vault.id === vault.id);
    expect(ours).toHaveLength(2);
    expect(ours.map(({ trust, isCompared }) => [trust, isCompared])).toEqual([
      ['unseen', true],
      ['unseen', true],
    ]);
    const { outcomes } = await other.ask('requests', 'confirm', {
      requests: ours.map(({ id, person, fingerprint }) => ({
        ...{ id, vaultId: vault.id, userId: person.id, fingerprint: fingerprint ?? '', allowWeak: false },
      })),
    });
    expect(outcomes.map(({ failure }) => failure)).toEqual([null, null]);
  });
});

describe('D3 row 5: a key that is swapped', () => {
  it('differs from the roster, and nothing is wrapped for it until a person has taken it', async () => {
    const { userId } = await stage.comparedByAnna();
    await stage.borisBelievesAnna();
    const { boris, ledger } = stage.trust.organisation;
    const own = await createVault(boris, 'Coveted', 'privateShared', ledger);
    await stage.boris.synced();
    stage.trust.stateKey(userId, attacker);
    const fingerprint = keyFingerprint(attacker);
    const facts = await look(stage.boris, userId);
    expect(facts).toMatchObject({ trust: 'unseen', key: { fingerprint } });
    expect(facts.roster).toMatchObject({ standing: 'differs', isOverruled: false });
    const wish = { vaultId: own.id, folderId: null, userId, access: 'read' as const, fingerprint };
    const from = stage.trust.proxy.requests.length;
    expect(await stage.boris.refusal('vaultAdmin', 'setPerson', wish)).toBe('rosterDiffers');
    const written = stage.trust.proxy.requests.slice(from).filter(({ method }) => method !== 'GET');
    expect(written).toEqual([]);
    expect(stage.boris.accounts.current().mirror.pins.userKey(userId)).toBeNull();
    // Comparing it with a liar does not settle it either; only the ritual for a changed key does.
    await stage.boris.ask('keyTrust', 'verify', { userId, fingerprint });
    expect(await stage.boris.refusal('vaultAdmin', 'setPerson', wish)).toBe('rosterDiffers');
    const accepted = await stage.boris.ask('keyTrust', 'accept', {
      userId,
      fingerprint,
      askedInPerson: true,
    });
    expect(accepted.roster).toMatchObject({ standing: 'differs', isOverruled: true });
    const { recipients } = stage.boris.accounts.current();
    expect((await recipients.admit({ userId, fingerprint })).fingerprint).toBe(fingerprint);
  });

  it('that the roster vouches for still asks where another one was known', async () => {
    const { userId, fingerprint } = await stage.comparedByAnna();
    stage.trust.stateKey(userId, attacker);
    await stage.boris.ask('keyTrust', 'verify', { userId, fingerprint: keyFingerprint(attacker) });
    stage.trust.proxy.tell(null);
    await stage.borisBelievesAnna();
    expect(await look(stage.boris, userId)).toMatchObject({
      ...{ trust: 'changed', key: { fingerprint }, roster: { standing: 'vouched' } },
    });
    const { recipients } = stage.boris.accounts.current();
    await expect(recipients.admit({ userId, fingerprint })).rejects.toEqual(
      expect.objectContaining({ code: 'recipientKeyChanged' }),
    );
    expect(recipients.isCompared(userId, fingerprint)).toBe(false);
  });

  it('is told with another name: the roster and this device know the former one', async () => {
    const { userId, fingerprint, name, login } = await stage.comparedByAnna();
    await stage.borisBelievesAnna();
    stage.trust.proxy.tell(
      changing(`/users/${userId}`, (json) =>
        Object.assign(json, { fullName: 'Your director', login: 'director' }),
      ),
    );
    const facts = await look(stage.boris, userId);
    expect(facts.roster).toMatchObject({ standing: 'vouched', name, login });
    expect(facts.comparedAs).toBeNull();
    await stage.boris.ask('keyTrust', 'verify', { userId, fingerprint, name: 'Your director' });
    expect((await look(stage.boris, userId)).comparedAs).toBe('Your director');
    expect((await look(stage.annas, userId)).comparedAs).toBe(name);
  });
});

describe('somebody who may write the vault', () => {
  it('signs a roster of their own, which counts for nothing', async () => {
    const { userId, member } = await stage.comparedByAnna();
    if (stage.mallory.privateKey === null) throw new Error('mallory has keys.');
    const forged = signRoster(
      {
        ...{ number: 99, signedAt: 1_790_000_000 },
        signer: { userId: stage.trust.organisation.anna.userId, name: 'anna' },
        people: [{ userId, name: 'x', login: member.person.login, fingerprint: keyFingerprint(attacker) }],
      },
      stage.mallory.privateKey,
    );
    const { recordId } = await stage.mallorys.ask('editing', 'create', {
      place: { vaultId: stage.vault.id, folderId: null },
      fields: { name: 'Key roster', tags: [rosterTag], customs: fieldsOf(forged, true) },
    });
    await stage.borisBelievesAnna();
    const seen = await stage.borisSees('anna');
    expect(seen.map(({ state, content }) => [state, content?.number === 99]).toSorted()).toEqual([
      ['accepted', false],
      ['unknown', true],
    ]);
    expect((await look(stage.boris, userId)).roster?.standing).toBe('vouched');
    await stage.mallorys.ask('editing', 'remove', { recordIds: [recordId] });
    await everybodySyncs();
  });

  it('puts a former roster back, which is refused: a later one was seen', async () => {
    const { userId } = await stage.comparedByAnna();
    await stage.borisBelievesAnna();
    const signed = await stage.annaSigns();
    const former = signedIn(stage.mallorys, signed);
    await stage.comparedByAnna();
    await stage.annaSigns();
    expect((await look(stage.boris, userId)).roster?.standing).toBe('vouched');
    const customs = fieldsOf(former, false);
    const recordId = stage.idOn(stage.mallorys, signed);
    await stage.mallorys.ask('editing', 'save', { recordId, fields: { customs } });
    await everybodySyncs();
    expect(signedIn(stage.boris, signed)).toEqual(former);
    expect((await stage.borisSees('anna'))[0]?.state).toBe('rolledBack');
    expect((await look(stage.boris, userId)).roster).toBeNull();
    expect(await stage.annaSigns()).toBe(signed);
    expect((await stage.borisSees('anna'))[0]?.state).toBe('accepted');
  });

  it('changes a roster, which is refused by its signature', async () => {
    const { userId, fingerprint } = await stage.comparedByAnna();
    await stage.borisBelievesAnna();
    const serverId = await stage.annaSigns();
    const { text, ...signed } = signedIn(stage.mallorys, serverId);
    const changed = Buffer.from(text).toString().replace(fingerprint, keyFingerprint(attacker));
    const customs = fieldsOf({ ...signed, text: Buffer.from(changed) }, false);
    const recordId = stage.idOn(stage.mallorys, serverId);
    await stage.mallorys.ask('editing', 'save', { recordId, fields: { customs } });
    await everybodySyncs();
    const { rosters } = await stage.boris.ask('roster', 'list', {});
    expect(rosters).toMatchObject([{ state: 'badSignature', content: null }]);
    expect((await look(stage.boris, userId)).roster).toBeNull();
    await stage.annaSigns();
  });
});

describe('two rosters that count', () => {
  it('and do not agree about somebody vouch for neither key', async () => {
    const { userId, member, fingerprint } = await stage.comparedByAnna();
    await stage.borisBelievesAnna();
    stage.trust.stateKey(userId, attacker);
    await stage.mallorys.ask('keyTrust', 'verify', { userId, fingerprint: keyFingerprint(attacker) });
    stage.trust.proxy.tell(null);
    const wish = { vaultId: stage.vault.id, recordName: 'Another roster' };
    await stage.mallorys.ask('roster', 'sign', wish);
    await everybodySyncs();
    const [other] = await stage.borisSees(stage.mallory.person.fullName);
    const keyOf = other?.content?.keyFingerprint ?? '';
    await stage.boris.ask('roster', 'accept', { recordId: other?.recordId ?? '', keyFingerprint: keyOf });
    expect(await look(stage.boris, member.userId)).toMatchObject({ key: { fingerprint }, roster: null });
    expect(stage.boris.accounts.current().recipients.isCompared(userId, fingerprint)).toBe(false);
    await stage.boris.ask('roster', 'withdraw', { keyFingerprint: keyOf });
    expect((await look(stage.boris, userId)).roster?.standing).toBe('vouched');
  });
});

describe('a signer whose master password is reset', () => {
  it('signs with another key, and the former one counts no more once their new key was accepted', async () => {
    const { member, userId, fingerprint } = await stage.comparedByAnna();
    const access = { vaultId: stage.vault.id, folderId: null, userId, access: 'write' as const };
    await stage.annas.ask('vaultAdmin', 'setPerson', { ...access, fingerprint });
    const signer = await stage.trust.applicationOf(member);
    const wish = { vaultId: stage.vault.id, recordName: 'My roster' };
    await signer.ask('roster', 'sign', wish);
    await signer.synced();
    await stage.boris.synced();
    const [found] = await stage.borisSees(member.person.fullName);
    const keyFingerprint = found?.content?.keyFingerprint ?? '';
    await stage.boris.ask('roster', 'accept', { recordId: found?.recordId ?? '', keyFingerprint });
    const { words } = await signer.ask('roster', 'propose', {});
    const renewed = await stage.trust.applicationOf(await stage.trust.reset(member));
    const proposal = await renewed.ask('roster', 'propose', {});
    expect(proposal.words).toHaveLength(8);
    expect(proposal.words).not.toEqual(words);
    const facts = await look(stage.boris, userId);
    expect(facts.roster?.standing).toBe('differs');
    expect((await stage.borisSees(member.person.fullName))[0]?.state).toBe('accepted');
    await stage.boris.ask('keyTrust', 'accept', {
      ...{ userId, fingerprint: facts.key?.fingerprint ?? '', askedInPerson: true },
    });
    expect((await stage.borisSees(member.person.fullName))[0]?.state).toBe('unknown');
  });
});

describe('a large organisation', () => {
  it('has 2,000 people in one roster, and is told when they are too many for one record', async () => {
    const { mirror } = stage.annas.accounts.current();
    const compare = (from: number, to: number): void => {
      for (let index = from; index < to; index += 1) {
        const userId = index.toString(16).padStart(24, '0');
        const times = { firstSeenAt: 1, verifiedAt: 2, acceptedAt: null, formerFingerprint: null };
        mirror.pins.setUserKey({ userId, fingerprint: index.toString(16).padStart(64, 'a'), ...times });
        const name = `Иван Константинов ${index}`;
        mirror.rosters.setComparedAs({ userId, name, login: `ivan.konstantinov.${index}` });
      }
    };
    mirror.durable(() => compare(0, 1_980));
    await stage.borisBelievesAnna();
    const [found] = await stage.borisSees('anna');
    expect(found).toMatchObject({ state: 'accepted' });
    expect(found?.content?.count).toBeGreaterThan(1_980);
    expect((await stage.annas.ask('roster', 'propose', {})).people).toHaveLength(found?.content?.count ?? 0);
    mirror.durable(() => compare(1_980, 3_000));
    const wish = { vaultId: stage.vault.id, recordName: 'Key roster' };
    expect(await stage.annas.refusal('roster', 'sign', wish)).toBe('rosterTooLarge');
  });
});
