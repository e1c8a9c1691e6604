/**
 * Copying: the secret goes from the mirror to the clipboard inside the main process and never
 * crosses to the page.
 */
import type { FieldRef } from '../../../contract/records.ts';
import { wipe } from '../../keychain/index.ts';
import type { Records } from './records.ts';

/** When the value will be taken away again: Unix milliseconds, and the whole time in milliseconds. */
export interface Copied {
  readonly clearsAt: number;
  readonly totalMs: number;
}

/** Something that holds a text for a while and then takes it away. */
export interface ClipboardPort {
  write(text: string): Promise<Copied>;
}

export class Copying {
  readonly #records: Records;
  readonly #clipboard: ClipboardPort;

  constructor(records: Records, clipboard: ClipboardPort) {
    this.#records = records;
    this.#clipboard = clipboard;
  }

  /** Throws as `Records.secret`. */
  async field(recordId: string, field: FieldRef): Promise<Copied> {
    const value = this.#records.secret(recordId, field);
    try {
      this.#records.noteRead(recordId, 'copied');
      return await this.#clipboard.write(value.toString('utf8'));
    } finally {
      wipe(value);
    }
  }

  async login(recordId: string): Promise<Copied> {
    return this.#clipboard.write(this.#records.login(recordId));
  }

  async url(recordId: string, index: number): Promise<Copied> {
    return this.#clipboard.write(this.#records.url(recordId, index));
  }

  async code(recordId: string, field: FieldRef | null): Promise<Copied> {
    const { code } = this.#records.code(recordId, field);
    this.#records.noteRead(recordId, 'copied');
    return this.#clipboard.write(code);
  }
}
