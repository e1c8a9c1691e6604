/**
 * The master password (own additions): set for the first time, changed, reset.
 *
 * Setting and changing happen on the person's device; here come the options of the derivation, the
 * hash of the master key, and the private key encrypted. A change keeps the key pair, so nothing
 * that was wrapped for it changes. A reset drops the pair and all that was wrapped for it: the
 * person sets a new master password with a new pair, and waits in every vault for somebody who
 * still has its key. The log-in password is asked for again, since a stolen token must not be
 * enough to make somebody's keys unreadable.
 */
import { z } from 'zod';
import { dropWrapped, heldAlone } from '../../access/departure.ts';
import { formatMasterKeyOptions, newMasterKeyOptions } from '../../identity/masterkey.ts';
import { masterKeyFingerprint } from '../authentication.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError, invalid } from '../errors.ts';
import { doneAnswer, idParams, objectId } from '../schemas.ts';
import { notesOfRequests } from '../vaults/access.ts';
import { requireBelow } from './roles.ts';
import { keysCount, newUserKeys, userKeysBody } from './userkeys.ts';
import { colleague } from './users.ts';

const password = z.string().min(1).max(1_000);

const resetAnswer = z.object({
  ...doneAnswer.shape,
  /** Vaults that nobody has the key of any more. */
  lostVaults: z.array(z.object({ id: objectId, name: z.string() })),
  /** How many vaults the person waits for. */
  requested: z.number(),
});

function ownRoutes(app: Api, context: Context): void {
  app.post(
    '/users/master-key/set',
    {
      config: { needs: 'session', logs: 'noted', keepsNoAnswer: true, asksPassword: 'password' },
      schema: {
        summary: 'Set the first master password, or the first after a reset (own addition)',
        body: z.object({ ...userKeysBody, password }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId, userId, sessionId } = callerOf(request);
      const user = await colleague(context, organisationId, userId);
      if (user.keys !== null) throw new ApiError(409, 'masterPasswordSet', 'There is a key pair already.');
      const made = newUserKeys(await keysCount(context.storage, callerOf(request)), request.body);
      if (!made) throw invalid('keysRequired', 'keys', 'Needs masterKeyHash, masterKeyOptions and keys.');
      await context.storage.users.update({
        ...{ ...user, masterKeyOptions: made.masterKeyOptions, keys: made.keys },
        masterKeyFingerprint: masterKeyFingerprint(context, userId, made.masterKeyHash),
        keysMadeAt: unixSeconds(context),
      });
      await context.sessions.endAllOf(userId, sessionId);
      request.activityNotes.push({ event: 'user_master_password_set', objectId: userId });
      return { success: true as const };
    },
  );

  app.post(
    '/users/master-key/change',
    {
      config: { needs: 'session', logs: 'noted', keepsNoAnswer: true, asksPassword: 'password' },
      schema: {
        summary: 'Change the master password: the same key pair, encrypted anew (own addition)',
        body: z.object({ ...userKeysBody, password }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId, userId, sessionId } = callerOf(request);
      const user = await colleague(context, organisationId, userId);
      if (user.keys === null) throw new ApiError(409, 'masterPasswordUnset', 'There is no key pair.');
      const made = newUserKeys(await keysCount(context.storage, callerOf(request)), request.body);
      if (made?.keys.public !== user.keys.public) {
        throw invalid('publicKeyChanged', 'keys.public', 'A change keeps the key pair.');
      }
      await context.storage.users.update({
        ...{ ...user, masterKeyOptions: made.masterKeyOptions, keys: made.keys },
        masterKeyFingerprint: masterKeyFingerprint(context, userId, made.masterKeyHash),
      });
      await context.sessions.endAllOf(userId, sessionId);
      request.activityNotes.push({ event: 'user_master_password_changed', objectId: userId });
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function masterPasswordRoutes(app: Api, context: Context): void {
  ownRoutes(app, context);

  app.get(
    '/users/:id/reset-master-key',
    {
      config: { needs: 'users:resetMasterPassword' },
      schema: {
        summary: 'What a reset would lose: vaults that only this person has the key of (own addition)',
        params: idParams,
        response: { 200: resetAnswer.pick({ lostVaults: true }) },
      },
    },
    async (request) => {
      const user = await colleague(context, callerOf(request).organisationId, request.params.id);
      return { lostVaults: await heldAlone(context.storage, user.id) };
    },
  );

  app.post(
    '/users/:id/reset-master-key',
    {
      config: { needs: 'users:resetMasterPassword', logs: 'noted' },
      schema: {
        summary: "Drop somebody's key pair so that they can set another master password (own addition)",
        ...{ params: idParams, response: { 200: resetAnswer } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await colleague(context, caller.organisationId, request.params.id);
      await requireBelow(context, caller, user);
      if (user.keys === null) throw new ApiError(409, 'masterPasswordUnset', 'There is no key pair.');
      const at = unixSeconds(context);
      const answer = await context.storage.transaction(async (storage) => {
        const lostVaults = await heldAlone(storage, user.id);
        await storage.users.update({
          ...{ ...user, keys: null, masterKeyFingerprint: null, keysMadeAt: undefined },
          masterKeyOptions: formatMasterKeyOptions(newMasterKeyOptions()),
          keysReset: { by: caller.userId, at },
        });
        const raised = await dropWrapped(storage, user.id, {
          ...{ reason: 'reset', requesterId: caller.userId, groupId: null, at, renews: true },
          clientSideEncryption: caller.clientSideEncryption,
        });
        const subject = { event: 'user_master_password_reset', objectId: user.id } as const;
        request.activityNotes.push(subject, ...notesOfRequests(raised));
        return { success: true as const, lostVaults, requested: raised.length };
      });
      await context.sessions.endAllOf(user.id);
      return answer;
    },
  );
}
