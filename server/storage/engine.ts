/**
 * What the storage needs to know of a database engine.
 *
 * Queries are written in Kysely and hold no dialect; whatever differs between engines
 * stands behind this interface, so that PostgreSQL can follow as one more file.
 */
import type { Dialect } from 'kysely';

export interface Engine {
  readonly dialect: Dialect;
  /** The column type that holds sealed bytes in this engine. */
  readonly bytesColumn: 'blob' | 'bytea';
  /** How many bound values one statement may carry. */
  readonly boundValues: number;
}
