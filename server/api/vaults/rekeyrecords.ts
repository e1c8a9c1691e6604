/**
 * Giving a vault another key (own addition): the record keys. Usually each is only sealed anew with
 * the new vault key. Whoever has had the vault may also have kept record keys: a record can get a new
 * one of its own at the same time, with its secrets sealed anew (`vaultRekeyRecords`). Its files keep
 * their contents, and former states keep the former record key.
 */
import { z } from 'zod';
import type { Converted } from '../../storage/conversions.ts';
import type { Keyed, Rekeying } from '../../storage/rekeying.ts';
import { keyedKinds } from '../../storage/rekeying.ts';
import type { Api, Context } from '../context.ts';
import { checkReplacement, contentState, secretMembers } from '../encryption/content.ts';
import { fittingCount } from '../encryption/portions.ts';
import { forbidden, invalid } from '../errors.ts';
import { guardPlace } from '../guard.ts';
import { idParams, looksLikeKeyEnvelope, objectId, queryFlag, queryNumber, saysYes } from '../schemas.ts';
import { underWay } from './rekey.ts';

const largestPortion = 500;

const keyed = { kind: z.enum(keyedKinds), id: objectId, keyEncrypted: z.string().max(10_000) };
const recordsQuery = z.object({
  kind: z.enum(keyedKinds).default('item'),
  after: objectId.optional(),
  limit: queryNumber.min(1).max(largestPortion).default(largestPortion),
  /** Tells of records what their keys seal, too. */
  contents: queryFlag.optional(),
});
const toldAttachment = z.object({
  ...{ id: objectId, name: z.string(), encryptedKey: z.string(), hash: z.string() },
});
const recordsAnswer = z.object({
  items: z.array(
    z.object({
      ...keyed,
      state: contentState.optional(),
      passwordEncrypted: secretMembers.passwordEncrypted.optional(),
      customs: secretMembers.customs.optional(),
      attachments: z.array(toldAttachment).optional(),
    }),
  ),
  /** Where to go on; null when every record key has been told. */
  next: z.object({ kind: z.enum(keyedKinds), after: objectId.nullable() }).nullable(),
});
const recordsBody = z.object({
  records: z
    .array(
      z.object({
        ...{ ...keyed, formerKeyEncrypted: z.string().max(10_000) },
        /** Of a record whose `keyEncrypted` is a new record key: its secrets under that one. */
        content: z.object(secretMembers).optional(),
        /** The state that `content` was made from. */
        state: contentState.optional(),
      }),
    )
    .min(1)
    .max(largestPortion),
});
type SentRecord = z.output<typeof recordsBody>['records'][number];

/** The next keyed things of a vault, and for how far the answer reaches. */
async function walked(context: Context, rekeying: Rekeying, query: z.output<typeof recordsQuery>) {
  const { rekeyings } = context.storage;
  const { kind, after = '', limit } = query;
  const { keyed: all, last } = await rekeyings.walk(rekeying.vaultId, kind, after, limit);
  const done = await rekeyings.currentPutBy(rekeying.id, all);
  return { missing: all.filter((each) => !done.has(each.id)), last };
}

const following = (kind: Keyed['kind']) => {
  const next = keyedKinds[keyedKinds.indexOf(kind) + 1];
  return next === undefined ? null : { kind: next, after: null };
};

function recordAnswer(context: Context, { kind, id, keyEncrypted, content }: Keyed, withContents: boolean) {
  if (!withContents || kind !== 'item' || content === null) return { kind, id, keyEncrypted };
  const { passwordEncrypted, customs, attachments } = content;
  const state = context.storage.conversions.stateOf(content);
  return { kind, id, keyEncrypted, state, passwordEncrypted, customs, attachments };
}

/** What of some records is sealed under new record keys and made from what stands now; that is checked. */
async function renewed(context: Context, vaultId: string, sent: readonly SentRecord[]): Promise<Converted[]> {
  const ids = sent.map(({ id }) => id);
  const present = await context.storage.conversions.find(vaultId, 'item', ids);
  const accepted: Converted[] = [];
  for (const { kind, id, keyEncrypted, content, state } of sent) {
    if (content === undefined) continue;
    if (kind !== 'item' || state === undefined) {
      throw invalid('contentUnexpected', 'records', 'Only a record has content, and a state with it.');
    }
    const former = present.get(id);
    if (former?.state !== state) continue;
    const secrets = { ...content, keyEncrypted, passwordEncrypted: content.passwordEncrypted || null };
    checkReplacement(true, former.content, secrets);
    accepted.push({ kind, id, state, revision: former.revision, content: secrets });
  }
  return accepted;
}

function walkingRoute(app: Api, context: Context): void {
  app.get(
    '/vaults/:id/rekey/records',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'The next record keys that have to be sealed with the new key (own addition)',
        ...{ params: idParams, querystring: recordsQuery, response: { 200: recordsAnswer } },
      },
    },
    async (request) => {
      const { vault, nothingIsClosed } = await guardPlace(context.rights, request, request.params.id);
      const { kind, contents } = request.query;
      const withContents = saysYes(contents);
      if (withContents && !nothingIsClosed) throw forbidden('item:read');
      const { missing, last } = await walked(context, await underWay(context, vault.id), request.query);
      const fits = withContents ? fittingCount(missing.map(({ content }) => content)) : missing.length;
      const told = missing.slice(0, fits);
      const reached = told.length < missing.length ? (told.at(-1)?.id ?? null) : last;
      return {
        items: told.map((each) => recordAnswer(context, each, withContents)),
        next: reached === null ? following(kind) : { kind, after: reached },
      };
    },
  );
}

/** Registers the endpoints of this file. */
export function rekeyedRecordRoutes(app: Api, context: Context): void {
  walkingRoute(app, context);

  app.post(
    '/vaults/:id/rekey/records',
    {
      config: { needs: 'directory:access:manage', logs: 'nothing' },
      schema: {
        summary: 'Record keys sealed with the new key, put by until it is in force (own addition)',
        ...{ params: idParams, body: recordsBody, response: { 200: z.object({ doneCount: z.number() }) } },
      },
    },
    async (request) => {
      const { vault } = await guardPlace(context.rights, request, request.params.id);
      const { records } = request.body;
      if (!records.every(({ keyEncrypted }) => looksLikeKeyEnvelope(keyEncrypted))) {
        throw invalid('notEncrypted', 'records', 'Must be keys encrypted on the client.');
      }
      return context.storage.whole(async () => {
        const { rekeyings, conversions } = context.storage;
        const { id } = await underWay(context, vault.id);
        const wrapped = records.filter(({ content }) => content === undefined);
        if (wrapped.length > 0) await rekeyings.putBy(id, wrapped);
        const contents = await renewed(context, vault.id, records);
        if (contents.length > 0) await conversions.putBy(id, contents);
        return { doneCount: await rekeyings.countPutBy(id) };
      });
    },
  );
}
