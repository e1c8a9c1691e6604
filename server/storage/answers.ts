/**
 * Answers kept for requests that carried an idempotency key, so that a client that never heard
 * the answer can ask again without anything being done twice. Key and request are kept as keyed
 * hashes, the answer is sealed.
 */
import type { Kysely } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { Tables } from './tables.ts';

/** A request under a key of its sender's choice. */
export interface KeyedRequest {
  userId: string;
  /** Keyed hash of the idempotency key. */
  key: Uint8Array;
  /** Keyed hash of what was asked: method, address and body. */
  fingerprint: Uint8Array;
}

/** What was asked under a key, and what was answered. */
export interface KeptAnswer {
  fingerprint: Uint8Array;
  body: unknown;
}

/** The repository of kept answers. */
export function answerStore(database: Kysely<Tables>, seal: Seal) {
  return {
    /** Keeps an answer. To be called in the transaction of what it answers. */
    async insert(request: KeyedRequest, body: unknown, createdAt: number): Promise<void> {
      await database
        .insertInto('kept_answers')
        .values({
          user_id: request.userId,
          request_key: request.key,
          fingerprint: request.fingerprint,
          created_at: createdAt,
          content: seal.sealJson(body),
        })
        .execute();
    },

    /** What was answered under a key of a person; undefined when it was never used. */
    async find(userId: string, key: Uint8Array): Promise<KeptAnswer | undefined> {
      const row = await database
        .selectFrom('kept_answers')
        .select(['fingerprint', 'content'])
        .where('user_id', '=', userId)
        .where('request_key', '=', key)
        .executeTakeFirst();
      return row && { fingerprint: row.fingerprint, body: seal.openJson<unknown>(row.content) };
    },

    /** Forgets the answers given before a time (Unix seconds). */
    async forgetBefore(time: number): Promise<void> {
      await database.deleteFrom('kept_answers').where('created_at', '<', time).execute();
    },
  };
}
