/**
 * Rosters of keys, as a person sees, accepts and signs them. Needs no contact with the server: what
 * is signed is a record, and goes where records go.
 */
import type { Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { FoundRosterView, ProposedPerson, RosterProposal } from '../../../contract/roster.ts';
import { KeychainError, signRoster } from '../../keychain/index.ts';
import type { OpenedRoster, Roster, RosterPerson, SignedRoster } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Editing } from '../editing/editing.ts';
import { rosterChange, rosterTag } from '../roster/rosterrecords.ts';
import { comparedPeople, learnNames } from './comparedpeople.ts';
import { keyWords } from './keywords.ts';

/**
 * Bytes of a text that one record can hold: a server may refuse a record of more than a million
 * characters (docs/server-api.md), and an envelope has more than twice those of its contents.
 */
const largestText = 460_000;

export interface RosterDeskParts {
  readonly current: () => OpenAccount;
  readonly editing: Editing;
  readonly now?: () => number;
}

/** The last roster of one's own. */
interface OwnRoster {
  readonly record: StoredRecord;
  readonly opened: OpenedRoster;
}

export class RosterDesk {
  readonly #current: () => OpenAccount;
  readonly #editing: Editing;
  readonly #now: () => number;

  constructor({ current, editing, now = Date.now }: RosterDeskParts) {
    this.#current = current;
    this.#editing = editing;
    this.#now = now;
  }

  list(): Output<'roster', 'list'> {
    const { rosters, mirror } = this.#current();
    const views = rosters.found().map(({ record, state, opened }): FoundRosterView => {
      const vault = record.vaultId === null ? null : mirror.vaults.get(record.vaultId);
      return {
        ...{ recordId: record.id, recordName: record.name, vaultName: vault?.name ?? null, state },
        content: opened === null ? null : contentOf(opened),
      };
    });
    return { rosters: views, canSign: rosters.ownKey() !== null };
  }

  /** @throws StrongroomError `noSuchRecord`, `changedMeanwhile` */
  accept(recordId: string, keyFingerprint: string): void {
    const account = this.#current();
    account.rosters.accept(recordId, keyFingerprint);
    account.learned();
  }

  withdraw(keyFingerprint: string): void {
    const account = this.#current();
    account.rosters.withdraw(keyFingerprint);
    account.learned();
  }

  /** Names that this device does not know yet are asked for; without contact they are left out. */
  async propose(): Promise<RosterProposal> {
    const account = this.#current();
    await learnNames(account);
    const ownKey = account.rosters.ownKey();
    if (ownKey === null) return withoutKey(account);
    const last = ownRoster(account, ownKey);
    const people = peopleOf(account);
    return {
      ...{ obstacle: null, words: keyWords(ownKey) },
      people: people.map((person) => proposedPerson(account, person, last?.opened.roster ?? null)),
      leaving: leaving(people, last?.opened.roster ?? null),
      last: last && lastOf(account, last),
    };
  }

  /** @throws StrongroomError `notOffered`, `rosterTooLarge`, and as `Editing` */
  sign(vaultId: string, recordName: string): Output<'roster', 'sign'> {
    const account = this.#current();
    const { rosters, secrets } = account;
    const ownKey = rosters.ownKey();
    if (ownKey === null) throw new StrongroomError('notOffered');
    const people = peopleOf(account);
    const signed = this.#signed(account, people, rosters.highestNumber(ownKey) + 1);
    const last = ownRoster(account, ownKey, vaultId)?.record ?? null;
    const fields = rosterChange(last, secrets, signed);
    const count = people.length;
    if (last !== null) {
      this.#editing.save(last.id, fields);
      return { recordId: last.id, count };
    }
    const record = { name: recordName, tags: [rosterTag], ...fields };
    return { ...this.#editing.create({ vaultId, folderId: null }, record), count };
  }

  #signed(account: OpenAccount, people: readonly RosterPerson[], number: number): SignedRoster {
    const { userId, fullName, login } = account.profile.account;
    const roster: Roster = {
      ...{ number, signedAt: Math.floor(this.#now() / 1000), people },
      signer: { userId, name: fullName || login },
    };
    const tooLarge = new StrongroomError('rosterTooLarge', { people: people.length });
    try {
      const signed = signRoster(roster, account.privateKey());
      if (signed.text.length > largestText) throw tooLarge;
      return signed;
    } catch (failure) {
      if (failure instanceof KeychainError && failure.code === 'tooLarge') throw tooLarge;
      throw failure;
    }
  }
}

/** Everybody whose key was compared on this device, and oneself. */
function peopleOf(account: OpenAccount): RosterPerson[] {
  const { userId, fullName, login } = account.profile.account;
  const { fingerprint } = account.recipients.own();
  const own = { userId, name: fullName || login, login, fingerprint };
  return [own, ...comparedPeople(account).filter((person) => person.userId !== userId)];
}

/** The highest one of one's own that counts, where a vault is named only of that vault. */
function ownRoster(account: OpenAccount, ownKey: string, vaultId?: string): OwnRoster | null {
  let last: OwnRoster | null = null;
  for (const { record, opened, state } of account.rosters.found()) {
    if (opened === null || opened.keyFingerprint !== ownKey || record.kind !== 'record') continue;
    // In the chosen vault a former one is what has to be replaced.
    if (vaultId === undefined ? state !== 'own' : record.vaultId !== vaultId) continue;
    if (last === null || opened.roster.number > last.opened.roster.number) last = { record, opened };
  }
  return last;
}

function contentOf({ roster, keyFingerprint }: OpenedRoster): NonNullable<FoundRosterView['content']> {
  return {
    ...{ keyFingerprint, words: keyWords(keyFingerprint), signerName: roster.signer.name },
    ...{ number: roster.number, signedAt: roster.signedAt * 1000, count: roster.people.length },
  };
}

function withoutKey({ mode }: OpenAccount): RosterProposal {
  const obstacle = mode === 'none' ? 'noKeys' : 'weakKey';
  return { obstacle, words: [], people: [], leaving: [], last: null };
}

function proposedPerson(account: OpenAccount, person: RosterPerson, last: Roster | null): ProposedPerson {
  const { userId, name, login, fingerprint } = person;
  const before = last?.people.find((each) => each.userId === userId);
  const kept = before?.fingerprint === fingerprint ? 'same' : 'otherKey';
  return {
    ...{ userId, name, login },
    since: before === undefined ? 'new' : kept,
    isOwn: userId === account.profile.account.userId,
  };
}

function leaving(people: readonly RosterPerson[], last: Roster | null): RosterProposal['leaving'] {
  const staying = new Set(people.map(({ userId }) => userId));
  const gone = (last?.people ?? []).filter(({ userId }) => !staying.has(userId));
  return gone.map(({ userId, name, login }) => ({ userId, name, login }));
}

function lastOf({ mirror }: OpenAccount, { record, opened }: OwnRoster): RosterProposal['last'] {
  const vault = record.vaultId === null ? null : mirror.vaults.get(record.vaultId);
  if (vault === null) return null;
  const { id: vaultId, name: vaultName } = vault;
  return { vaultId, vaultName, recordName: record.name, signedAt: opened.roster.signedAt * 1000 };
}
