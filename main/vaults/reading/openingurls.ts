/**
 * Opening a record's address in the browser.
 *
 * Addresses are readable and changeable by the server, so the hosts that were opened are
 * remembered per record; another host is opened only after a person has confirmed it. They are
 * not remembered per address: a server that adds an address, or puts them in another order,
 * must not have its own host opened unasked.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Records } from './records.ts';

/** The checked way out, see the desktop. */
export interface LinkPort {
  /** Host of an address that may be opened, with the scheme where it is not https. Throws `addressRefused`. */
  hostOf(address: string): string;
  open(address: string): Promise<void>;
}

export interface OpenedUrl {
  readonly opened: boolean;
  readonly host: string;
  readonly previousHost: string | null;
}

/** Hosts of one record that were opened, latest last; more than a person confirms are not kept. */
const openedHosts = z.array(z.string());
const mostHosts = 20;

export class OpeningUrls {
  readonly #current: () => OpenAccount;
  readonly #records: Records;
  readonly #links: LinkPort;

  constructor(current: () => OpenAccount, records: Records, links: LinkPort) {
    this.#current = current;
    this.#records = records;
    this.#links = links;
  }

  /**
   * Opens the address, or says which host it has now and which one was opened last.
   * `confirmedHost` must be exactly the new host. Throws `addressRefused`, `noSuchField`.
   */
  async open(recordId: string, index: number, confirmedHost: string | null): Promise<OpenedUrl> {
    const address = this.#records.url(recordId, index);
    const host = this.#links.hostOf(address);
    if (confirmedHost !== null && confirmedHost !== host) throw new StrongroomError('addressRefused');
    const account = this.#current();
    const opened = openedBefore(account, recordId);
    const previousHost = opened.at(-1) ?? null;
    if (previousHost !== null && !opened.includes(host) && confirmedHost === null) {
      return { opened: false, host, previousHost };
    }
    await this.#links.open(address);
    // Locked meanwhile: the browser has the address, and the next opening asks once more.
    if (!account.closed) remember(account, recordId, [...opened.filter((each) => each !== host), host]);
    return { opened: true, host, previousHost };
  }
}

function keyOf(recordId: string): string {
  return `openedHosts:${recordId}`;
}

function openedBefore({ mirror }: OpenAccount, recordId: string): string[] {
  return openedHosts.parse(JSON.parse(mirror.syncState.get(keyOf(recordId)) ?? '[]'));
}

function remember({ mirror }: OpenAccount, recordId: string, hosts: readonly string[]): void {
  mirror.syncState.set(keyOf(recordId), JSON.stringify(hosts.slice(-mostHosts)));
}
