/**
 * The one place that may attach the hash of the master key to a request.
 *
 * A server that chose a weak key derivation could try passwords against this hash, and it is
 * replayable. So it stays here until the floor above has seen that the derivation is strong
 * and that the private key really opens with the master key; and it never leaves for a
 * server that does not ask for it, nor over a line that others can read.
 */
import { StrongroomError } from '../../contract/index.ts';
import { isLoopbackHost, type ServerAddress } from './address.ts';

const hashPattern = /^[0-9a-f]{64}$/;

export class HashGate {
  readonly #safeLine: boolean;
  #optional = false;
  #hash: string | null = null;

  constructor(address: ServerAddress) {
    this.#safeLine = address.secure || isLoopbackHost(address.hostname);
  }

  /** The server has announced that it answers without the hash (feature `masterKeyHashOptional`). */
  announceOptional(optional: boolean): void {
    this.#optional = optional;
  }

  /** To be called only after the key derivation was accepted and the private key has opened. */
  open(hash: string): void {
    if (!hashPattern.test(hash)) throw new StrongroomError('refused', { reason: 'hash' });
    this.#hash = hash;
  }

  /** Forgets the hash, at lock or when the server turned out to have changed. */
  close(): void {
    this.#hash = null;
  }

  get isOpen(): boolean {
    return this.#hash !== null;
  }

  /** Headers of a request: both names that servers read, or none (Passwork 7 protocol, "Base, headers, envelope"). */
  headers(): Readonly<Record<string, string>> {
    if (this.#hash === null || this.#optional || !this.#safeLine) return {};
    return { 'X-Master-Key-Hash': this.#hash, 'Passwork-MasterKeyHash': this.#hash };
  }
}
