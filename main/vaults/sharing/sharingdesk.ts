/**
 * Sharing without a vault, as the floors above call it: offers, receivers, what was given, links.
 * Everything is asked of the server; nothing of it is kept in the mirror, which would only be a
 * second opinion on who has what.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { Output } from '../../../contract/index.ts';
import { sharingBounds } from '../../../contract/sharing.ts';
import type {
  GivenRecord,
  ReceiverKey,
  SendingOutcome,
  SharedAccess,
  SharingOffer,
  SharingWish,
} from '../../../contract/sharing.ts';
import {
  endLink,
  groupsPage,
  listGroups,
  listReceivers,
  listSent,
  searchPeople,
  setSentAccess,
  takeBack,
} from '../../remote/index.ts';
import type { ReceiverSearch, RemoteSentEntry } from '../../remote/index.ts';
import { safeKeyBits } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { ClipboardPort } from '../reading/copying.ts';
import { arrived, renewKey } from './ownkey.ts';
import { sendRecords } from './sending.ts';
import { LinkDesk, shownPerson } from './linkdesk.ts';
import { sharingOffer } from './sharingoffer.ts';

export interface SharingDeskOptions {
  readonly current: () => OpenAccount;
  readonly clipboard: ClipboardPort;
  readonly now?: () => number;
}

export class SharingDesk {
  readonly links: LinkDesk;
  readonly #current: () => OpenAccount;
  readonly #now: () => number;

  constructor({ current, clipboard, now = Date.now }: SharingDeskOptions) {
    this.#current = current;
    this.#now = now;
    this.links = new LinkDesk({ current, clipboard, now });
  }

  /** Throws `noSuchRecord`. */
  offered(recordIds: readonly string[]): SharingOffer {
    return sharingOffer(this.#current(), recordIds);
  }

  /** One page of people, oneself and the blocked left out. Throws the network's codes. */
  async people(search: ReceiverSearch & { groupId: string | null }): Promise<Output<'sharing', 'people'>> {
    const { client, mirror } = this.#current();
    const self = mirror.pins.read()?.userId;
    const { total, people } = await searchPeople(client, search);
    const found = people.filter(({ id, isBlocked, isDeleted }) => id !== self && !isBlocked && !isDeleted);
    return { total, people: found.map(shownPerson) };
  }

  /** How the keys of people stand; nothing is pinned. Throws the network's codes, `ownKeyMismatch`. */
  async keysOf(userIds: readonly string[]): Promise<ReceiverKey[]> {
    const { recipients } = this.#current();
    const looks = userIds.map((id) => recipients.look(id));
    return (await Promise.all(looks)).map(({ userId, trust, fingerprint, bits, roster }) => ({
      ...{ userId, trust, fingerprint },
      weak: bits !== null && bits < safeKeyBits,
      roster: roster && { ...roster, signers: [...roster.signers] },
    }));
  }

  /** Throws as `sendRecords`. */
  send(wish: SharingWish): Promise<SendingOutcome> {
    return sendRecords(this.#current(), wish, this.#now());
  }

  /** Who has a record in their inbox. Throws `noSuchRecord`, `forbidden`, network codes. */
  async given(recordId: string): Promise<Output<'sharing', 'given'>> {
    const account = this.#current();
    const record = account.mirror.records.get(recordId);
    if (record === null) throw new StrongroomError('noSuchRecord');
    // What the server does not have yet cannot have been sent to anybody.
    if (record.kind !== 'record' || record.itemServerId === '') return { total: 0, entries: [] };
    return this.#shown(account, await listReceivers(account.client, record.itemServerId));
  }

  /** Everything that this person has sent. Throws the network's codes. */
  async sent(): Promise<Output<'sharing', 'sent'>> {
    const account = this.#current();
    return this.#shown(account, await listSent(account.client));
  }

  async setAccess(entryId: string, access: SharedAccess): Promise<void> {
    await setSentAccess(this.#current().client, entryId, access);
  }

  /** Takes entries back, one after the other; gives how many. Throws at the first refusal. */
  async takeBack(entryIds: readonly string[]): Promise<number> {
    const { client } = this.#current();
    for (const id of entryIds) await unlessGone(takeBack(client, id));
    return entryIds.length;
  }

  /** Gives the id of the record under its new key, once the server has it. Throws as `renewKey`. */
  async renewKey(recordId: string): Promise<string> {
    const account = this.#current();
    await arrived(account, recordId);
    const renewed = await renewKey(account, recordId, this.#now());
    await arrived(account, renewed);
    return renewed;
  }

  /** Ends links; gives how many. Throws at the first refusal. */
  async endLinks(linkIds: readonly string[]): Promise<number> {
    const { client } = this.#current();
    for (const id of linkIds) await endLink(client, id);
    return linkIds.length;
  }

  async #shown(
    account: OpenAccount,
    entries: readonly RemoteSentEntry[],
  ): Promise<{ total: number; entries: GivenRecord[] }> {
    const newest = [...entries].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    const listed = newest.slice(0, sharingBounds.listed);
    const names = await groupNames(account, listed);
    return { total: entries.length, entries: listed.map((entry) => shownEntry(account, entry, names)) };
  }
}

/** Names of the groups that entries were sent to, as far as the first page of groups tells them. */
async function groupNames(
  { client }: OpenAccount,
  entries: readonly RemoteSentEntry[],
): Promise<ReadonlyMap<string, string>> {
  if (entries.every(({ groupId }) => groupId === null)) return new Map();
  const { items } = await listGroups(client, { search: '', offset: 0, limit: groupsPage });
  return new Map(items.map(({ id, name }) => [id, name]));
}

function shownEntry(
  { mirror }: OpenAccount,
  { id, itemId, itemName, receiver, sender, groupId, access, isViewed, createdAt }: RemoteSentEntry,
  names: ReadonlyMap<string, string>,
): GivenRecord {
  const record = mirror.records.byServerId('record', itemId);
  return {
    ...{ id, access, seen: isViewed, at: createdAt },
    recordId: record?.id ?? null,
    recordName: record?.name ?? itemName,
    receiver: receiver && shownPerson(receiver),
    sender: sender && shownPerson(sender),
    group: groupId === null ? null : { id: groupId, name: names.get(groupId) ?? '' },
  };
}

/** What is gone has been taken back already. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === 'notFound')) throw error;
  }
}
