/** External links of a record, and all of one's own: made, listed, copied, shown. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { Output } from '../../../contract/index.ts';
import { sharingBounds } from '../../../contract/sharing.ts';
import type { LinkLife, LinkView, SharedPerson } from '../../../contract/sharing.ts';
import { listLinks } from '../../remote/index.ts';
import type { RemoteLink } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { ClipboardPort, Copied } from '../reading/copying.ts';
import { makeLink, wholeAddress } from './linkmaking.ts';
import type { LinkWish, MadeLink } from './linkmaking.ts';
import type { OwnedRecord } from './ownkey.ts';
import { readyRecord } from './sending.ts';

export interface LinkDeskOptions {
  readonly current: () => OpenAccount;
  readonly clipboard: ClipboardPort;
  readonly now: () => number;
}

const hourMs = 3_600_000;
const livesMs: Readonly<Record<LinkLife, number | null>> = {
  '1 hour': hourMs,
  '1 week': 7 * 24 * hourMs,
  '1 month': 30 * 24 * hourMs,
  unlimited: null,
};

export class LinkDesk {
  readonly #options: LinkDeskOptions;

  constructor(options: LinkDeskOptions) {
    this.#options = options;
  }

  /**
   * Makes a link and copies its address. Throws as `shareable`, `arrived`, `makeLink`; `notOffered`
   * from a server that names no link, which could not be ended again from here.
   */
  async make(recordId: string, wish: LinkWish): Promise<Output<'sharing', 'makeLink'>> {
    const account = this.#options.current();
    const now = this.#options.now();
    const record = await readyRecord(account, recordId, 'link', now);
    const made = await makeLink(account, record, wish);
    const copied = await this.#options.clipboard.write(made.url);
    return {
      link: madeView(account, record, wish, made, now),
      ...{ copied, renewed: record.id === recordId ? null : record.id },
    };
  }

  /** Links to a record, or all of one's own; newest first. Throws `noSuchRecord`, `forbidden`, network codes. */
  async list(recordId: string | null): Promise<Output<'sharing', 'links'>> {
    const account = this.#options.current();
    const links = await this.#links(account, recordId);
    const newest = [...links].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    const listed = newest.slice(0, sharingBounds.listed);
    return { total: links.length, links: listed.map((link) => shownLink(account, link)) };
  }

  /** The whole address to the clipboard. Throws `notFound`, `undecipherable`, `tampered`, network codes. */
  async copy(linkId: string, recordId: string | null): Promise<Copied> {
    return this.#options.clipboard.write(await this.url(linkId, recordId));
  }

  /** The whole address, which is a secret. Throws as `copy`. */
  async url(linkId: string, recordId: string | null): Promise<string> {
    const account = this.#options.current();
    const link = (await this.#links(account, recordId)).find(({ id }) => id === linkId);
    if (link === undefined) throw new StrongroomError('notFound');
    const record = account.mirror.records.byServerId('record', link.itemId);
    if (record === null) throw new StrongroomError('noSuchRecord');
    return account.secrets.withRecordKey(record, (key) => wholeAddress(link, key));
  }

  async #links(account: OpenAccount, recordId: string | null): Promise<readonly RemoteLink[]> {
    if (recordId === null) return listLinks(account.client, null);
    const record = account.mirror.records.get(recordId);
    if (record === null) throw new StrongroomError('noSuchRecord');
    if (record.kind !== 'record' || record.itemServerId === '') return [];
    return listLinks(account.client, record.itemServerId);
  }
}

/** A person by name; by log-in where there is none. */
export function shownPerson(person: { id: string; login: string; fullName: string }): SharedPerson {
  return { id: person.id, name: person.fullName || person.login, login: person.login };
}

/** Where an address is opened, and whether that is another place than the account's server. */
function placeOf({ profile }: OpenAccount, address: string): { host: string; elsewhere: boolean } {
  const { host } = new URL(address);
  return { host, elsewhere: host !== new URL(profile.server.origin).host };
}

function shownLink(account: OpenAccount, link: RemoteLink): LinkView {
  const { id, type, views, createdAt, expiresAt, openedAt, isAlive, creator, keyEncrypted } = link;
  const record = account.mirror.records.byServerId('record', link.itemId);
  return {
    ...{ id, kind: type, views, createdAt, expiresAt, openedAt, alive: isAlive },
    recordId: record?.id ?? null,
    recordName: record?.name ?? link.itemName,
    creator: creator && shownPerson(creator),
    ...placeOf(account, link.url),
    copyable: record !== null && (account.mode === 'none' || keyEncrypted !== null),
  };
}

function madeView(
  account: OpenAccount,
  { id: recordId, name: recordName }: OwnedRecord,
  { kind, life }: LinkWish,
  made: MadeLink,
  now: number,
): LinkView {
  const lifeMs = livesMs[life];
  return {
    ...{ id: made.id ?? '-', recordId, recordName, kind, views: 0, createdAt: now },
    ...{ expiresAt: lifeMs === null ? null : now + lifeMs, openedAt: null, alive: true, creator: null },
    ...placeOf(account, made.address),
    copyable: made.id !== null,
  };
}
