/** Turning client-side encryption on or off (own addition): the records and former states of a vault. */
import { z } from 'zod';
import type { ConvertedKind, Convertible } from '../../storage/conversions.ts';
import { convertedKinds } from '../../storage/conversions.ts';
import type { ReplacedFile } from '../../storage/secrets.ts';
import type { Api, Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { idParams, objectId, queryNumber } from '../schemas.ts';
import { guardConversion } from './administered.ts';
import { checkReplacement, contentState, secretMembers } from './content.ts';
import { fittingCount } from './portions.ts';

const largestPortion = 100;
const kind = z.enum(convertedKinds);
const { passwordEncrypted, customs } = secretMembers;

const objectSchema = z.object({
  ...{ kind, id: objectId, itemId: objectId, state: contentState, name: z.string() },
  ...{ keyEncrypted: z.string().nullable(), passwordEncrypted, customs },
  attachments: z.array(
    z.object({
      ...{ id: objectId, name: z.string(), encryptedKey: z.string(), hash: z.string() },
      /** The converted file, where it has been put by already. */
      stagedId: objectId.nullable(),
    }),
  ),
});
const portionSchema = z.object({
  items: z.array(objectSchema),
  next: z.object({ kind, after: objectId.nullable() }).nullable(),
});

const objectsBody = z.object({
  /** The id under which the conversion was begun: nothing is put by for another one. */
  id: objectId.optional(),
  objects: z
    .array(
      z.object({
        ...{ kind, id: objectId, state: contentState },
        ...{ keyEncrypted: z.string().max(10_000).nullable(), ...secretMembers },
      }),
    )
    .min(1)
    .max(largestPortion),
});
type SentObject = z.output<typeof objectsBody>['objects'][number];

function objectAnswer(object: Convertible, staged: ReadonlyMap<string, ReplacedFile>) {
  const { id, itemId, state, content } = object;
  return {
    ...{ kind: object.kind, id, itemId, state, name: content.name, keyEncrypted: content.keyEncrypted },
    ...{ passwordEncrypted: content.passwordEncrypted, customs: content.customs },
    attachments: content.attachments.map((entry) => ({
      ...{ id: entry.id, name: entry.name, encryptedKey: entry.encryptedKey, hash: entry.hash },
      stagedId: staged.get(entry.id)?.id ?? null,
    })),
  };
}

const filesOf = (objects: readonly Convertible[]): string[] => [
  ...new Set(objects.flatMap(({ content }) => content.attachments.map((entry) => entry.id))),
];

const nextKind = (of: ConvertedKind) => {
  const following = convertedKinds[convertedKinds.indexOf(of) + 1];
  return following === undefined ? null : { kind: following, after: null };
};

/** Which of some sent objects are made from what stands now; those are checked, the others pass by. */
async function checked(
  context: Context,
  vaultId: string,
  rekeyingId: string,
  isOn: boolean,
  sent: readonly SentObject[],
) {
  const { conversions, stagedFiles } = context.storage;
  const accepted = [];
  for (const [of, objects] of Map.groupBy(sent, (each) => each.kind)) {
    const ids = objects.map(({ id }) => id);
    const present = await conversions.find(vaultId, of, ids);
    const staged = await stagedFiles.of(rekeyingId, filesOf([...present.values()]));
    for (const { id, state, keyEncrypted, ...members } of objects) {
      const former = present.get(id);
      if (former?.state !== state) continue;
      const content = {
        ...members,
        keyEncrypted: keyEncrypted || null,
        passwordEncrypted: members.passwordEncrypted || null,
      };
      checkReplacement(isOn, former.content, content);
      if (!content.attachments.every((entry) => staged.has(entry.id))) {
        throw invalid('fileMissing', 'attachments', 'A file of the object has not been put by.');
      }
      accepted.push({ kind: of, id, state, revision: former.revision, content });
    }
  }
  return accepted;
}

function walkingRoute(app: Api, context: Context): void {
  app.get(
    '/vaults/:id/encryption/objects',
    {
      config: { needs: 'directory:access:manage' },
      schema: {
        summary: 'The next records or former states that have to be converted (own addition)',
        params: idParams,
        querystring: z.object({
          ...{ kind: kind.default('item'), after: objectId.optional() },
          limit: queryNumber.min(1).max(largestPortion).default(largestPortion),
        }),
        response: { 200: portionSchema },
      },
    },
    async (request) => {
      const { vault, rekeying } = await guardConversion(context, request, request.params.id);
      const { conversions, stagedFiles } = context.storage;
      const { kind: of, after = '', limit } = request.query;
      const { objects, last } = await conversions.walk(vault.id, of, after, limit);
      const done = await conversions.current(rekeying.id, of, objects);
      const missing = objects.filter(({ id }) => !done.has(id));
      const told = missing.slice(0, fittingCount(missing.map(({ content }) => content)));
      const staged = await stagedFiles.of(rekeying.id, filesOf(told));
      const reached = told.length < missing.length ? (told.at(-1)?.id ?? null) : last;
      return {
        items: told.map((object) => objectAnswer(object, staged)),
        next: reached === null ? nextKind(of) : { kind: of, after: reached },
      };
    },
  );
}

/** Registers the endpoints of this file. */
export function convertedObjectRoutes(app: Api, context: Context): void {
  walkingRoute(app, context);

  app.post(
    '/vaults/:id/encryption/objects',
    {
      config: { needs: 'directory:access:manage', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'Records and former states in the form of the other mode, put by (own addition)',
        ...{ params: idParams, body: objectsBody, response: { 200: z.object({ doneCount: z.number() }) } },
      },
    },
    async (request) => {
      const { id, objects } = request.body;
      return context.storage.whole(async () => {
        const { vault, rekeying, isOn } = await guardConversion(context, request, request.params.id, id);
        const { conversions } = context.storage;
        const accepted = await checked(context, vault.id, rekeying.id, isOn, objects);
        if (accepted.length > 0) await conversions.putBy(rekeying.id, accepted);
        return { doneCount: (await conversions.progress([vault.id])).get(vault.id)?.done ?? 0 };
      });
    },
  );
}
