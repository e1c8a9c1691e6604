/**
 * The creation of an organisation with its owner (own addition): Passwork does this in
 * its installer, which has no public API. Guarded by the token in the data folder, so
 * only whoever can read the server's files can do it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../storage/ids.ts';
import type { Organisation } from '../storage/people.ts';
import { accountBody, newAccount, storeAccount } from './people/accounts.ts';
import type { Api, Context } from './context.ts';
import { unixSeconds } from './context.ts';
import { ApiError } from './errors.ts';
import { objectId, shortText } from './schemas.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

const setupBody = z.object({
  setupToken: z.string().max(200),
  organisation: z.object({ name: shortText.min(1), clientSideEncryption: z.boolean() }),
  owner: z.object(accountBody),
});

/** Registers the endpoint of this file. */
export function setupRoutes(app: Api, context: Context): void {
  app.post(
    '/setup',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'Create an organisation and its owner (own addition, needs the setup token)',
        body: setupBody,
        response: { 200: z.object({ organisationId: objectId, userId: objectId }) },
      },
    },
    async (request) => {
      const { setupToken, organisation, owner } = request.body;
      if (!timingSafeEqual(digest(setupToken), digest(context.setupToken))) {
        throw new ApiError(403, 'setupTokenInvalid', 'The setup token is not that of this server.');
      }
      const created: Organisation = { id: newId(context.clock()), ...organisation };
      const user = await newAccount(context, created, owner, {
        ...{ role: 'administrator', roleId: null, isOwner: true },
      });
      const now = unixSeconds(context);
      await context.storage.transaction(async (storage) => {
        await storage.organisations.insert(created, now);
        await storeAccount(storage, user, now);
      });
      return { organisationId: created.id, userId: user.id };
    },
  );
}
