/**
 * Opening a record's address in the browser.
 *
 * Addresses are readable and changeable by the server, so the host that was opened last is
 * remembered per record; another host is opened only after a person has confirmed it.
 */
import { StrongroomError } from '../../contract/errors.ts';
import type { OpenAccount } from './openaccount.ts';
import type { Records } from './records.ts';

/** The checked way out, see the desktop. */
export interface LinkPort {
  /** Host of an address that may be opened. Throws `addressRefused`. */
  hostOf(address: string): string;
  open(address: string): Promise<void>;
}

export interface OpenedUrl {
  readonly opened: boolean;
  readonly host: string;
  readonly previousHost: string | null;
}

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
   * Opens the address, or says which host it has now and which it had when it was last opened.
   * `confirmedHost` must be exactly the new host. Throws `addressRefused`, `noSuchField`.
   */
  async open(recordId: string, index: number, confirmedHost: string | null): Promise<OpenedUrl> {
    const address = this.#records.url(recordId, index);
    const host = this.#links.hostOf(address);
    if (confirmedHost !== null && confirmedHost !== host) throw new StrongroomError('addressRefused');
    const { syncState } = this.#current().mirror;
    const key = `openedHost:${recordId}:${String(index)}`;
    const previousHost = syncState.get(key);
    if (previousHost !== null && previousHost !== host && confirmedHost === null) {
      return { opened: false, host, previousHost };
    }
    await this.#links.open(address);
    syncState.set(key, host);
    return { opened: true, host, previousHost };
  }
}
