/**
 * The cursor of the change feed: how far somebody has been told, in a form that only this
 * server can read and that nobody can make up.
 *
 * It is sealed, because positions tell how busy an organisation is, and it is bound to the
 * person by a keyed hash. Beside the position stands the mark under which that position was
 * given out, by which a cursor from before a restored backup is known (see the journal).
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { FeedPlace } from '../access/changes.ts';
import type { Caller } from '../access/rights.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { Repositories } from '../storage/storage.ts';
import { ApiError } from './errors.ts';

const form = /^([A-Za-z0-9_-]{22,1000})\.([A-Za-z0-9_-]{43})$/;

const content = z.object({
  position: z.number().int().min(1),
  mark: z.string(),
  walk: z
    .object({ vaultId: z.string(), of: z.enum(['folder', 'item', 'shortcut']), after: z.string() })
    .nullable(),
});

type Owner = Pick<Caller, 'userId' | 'organisationId'>;

/** The answer to a cursor that is too old, or of somebody else; clients then fetch whole listings. */
function expired(): ApiError {
  return new ApiError(410, 'cursorExpired', 'The changes since then are not known. Start anew.', 'since');
}

/**
 * The answer to a genuine cursor of a position that this server has not given out: it was put back
 * to an older backup. Told apart, because a client knows things then that the server has lost.
 */
function fromLostFuture(): ApiError {
  const message = 'The server was put back to a state from before then. Start anew.';
  return new ApiError(410, 'cursorFromLostFuture', message, 'since');
}

function signature(seal: Seal, owner: Owner, sealed: string): Buffer {
  // Under another at-rest key a cursor cannot be opened any more: it has to look like an expired one.
  const purpose = `change cursor of ${owner.userId} in ${owner.organisationId} under ${seal.keyId}`;
  return seal.fingerprint(purpose, sealed);
}

/** The cursor of a place in the feed. */
export async function writeCursor(
  storage: Repositories,
  seal: Seal,
  owner: Owner,
  place: FeedPlace,
): Promise<string> {
  const mark = (await storage.journal.markAt(owner.organisationId, place.position)) ?? '';
  const sealed = seal.sealJson({ ...place, mark } satisfies z.output<typeof content>).toString('base64url');
  return `${sealed}.${signature(seal, owner, sealed).toString('base64url')}`;
}

/** The place that a cursor stands for. Throws 410 `cursorExpired` or `cursorFromLostFuture` for one that is not of use here. */
export async function readCursor(
  storage: Repositories,
  seal: Seal,
  owner: Owner,
  cursor: string,
): Promise<FeedPlace> {
  const [, sealed = '', sent = ''] = form.exec(cursor) ?? [];
  const expected = signature(seal, owner, sealed);
  const actual = Buffer.from(sent, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw expired();
  const { position, mark, walk } = content.parse(seal.openJson(Buffer.from(sealed, 'base64url')));
  const { organisationId } = owner;
  const reach = await storage.journal.reach(organisationId);
  if (position < reach.horizon) throw expired();
  if (position > reach.position) throw fromLostFuture();
  if ((await storage.journal.markAt(organisationId, position)) !== mark) throw fromLostFuture();
  return { position, walk };
}
