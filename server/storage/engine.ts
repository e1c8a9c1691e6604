/**
 * What the storage needs to know of a database engine.
 *
 * Queries are written in Kysely and hold no dialect; whatever differs between engines
 * stands behind this interface, in one file for each engine (`sqlite.ts`, `postgres.ts`).
 *
 * Both engines keep one promise that the repositories rely on: transactions that write come
 * one after the other. So what a transaction has read is still true when it writes.
 */
import type { Dialect } from 'kysely';

export interface Engine {
  readonly dialect: Dialect;
  /** The column type that holds sealed bytes in this engine. */
  readonly bytesColumn: 'blob' | 'bytea';
  /** How many bound values one statement may carry. */
  readonly boundValues: number;
}

/** A database that is known but not opened yet. */
export interface DatabasePlace {
  /** True when nothing was ever stored there. Rejects when the database cannot be reached. */
  isNew(): Promise<boolean>;
  open(): Engine;
  /** Opens it for one process alone. Rejects, or fails at the first query, while another has it open. */
  openAlone(): Promise<Engine>;
}
