/**
 * Where sealed attachment data stands: in a folder of the server, or in the bucket of an object
 * store. Both keep a file whole under a name that is never used twice, so nothing is ever changed
 * in its place. What is handed over is sealed already, and whoever reads it opens it.
 */
import { randomBytes } from 'node:crypto';

/** A store of sealed files. Every method rejects when the store cannot be reached in bounded time. */
export interface FilePlace {
  /** Clears away what a killed server left half written, and rejects a place that can never work. */
  prepare(): Promise<void>;
  /**
   * Keeps what `source` gives under a new name, for good once it answers. What `source` throws is
   * passed on, and nothing is kept then.
   */
  write(name: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes of a file, piece by piece; fails where there is none, or it does not arrive whole. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** Removes files; one that is not there is no error. */
  remove(names: readonly string[]): Promise<void>;
  /** The names of all files that are there. */
  names(): AsyncIterable<string>;
  /** Rejects where files cannot be kept now; says nothing of why to whoever asks the server. */
  check(): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}

/** A store that does not answer, or not as it should, after it was asked several times. */
export class FilesUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FilesUnreachable';
  }
}

/** A new name, which tells nothing of what is in the file. */
export const newFileName = (): string => randomBytes(24).toString('hex');

/** What names look like: random ones, and those that begin with the name of the key they are sealed with. */
export const isFileName = (name: string): boolean =>
  /^(?:[0-9a-f]{48}|[0-9a-f]{16}-[0-9a-f]{40})$/.test(name);
