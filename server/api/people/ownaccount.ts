/** What people change of their own account (own additions): name and address, the log-in password. */
import { z } from 'zod';
import { hashPassword, passwordIterations } from '../../identity/passwords.ts';
import { shortestPassword } from '../application.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { requireOwnPassword } from '../directoryfaults.ts';
import { doneAnswer, shortText } from '../schemas.ts';
import { colleague } from './users.ts';

/** Registers the endpoints of this file. */
export function ownAccountRoutes(app: Api, context: Context): void {
  app.post(
    '/users/info',
    {
      config: { needs: 'session', logs: 'noted' },
      schema: {
        summary: "Change one's own name and address (own addition)",
        body: z.object({ email: shortText.optional(), fullName: shortText.optional() }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId, userId } = callerOf(request);
      const user = await colleague(context, organisationId, userId);
      const { email = user.email, fullName = user.fullName } = request.body;
      await context.storage.users.update({ ...user, email, fullName });
      request.activityNotes.push({ event: 'user_updated', objectId: userId });
      return { success: true as const };
    },
  );

  app.post(
    '/users/password',
    {
      config: { needs: 'session', logs: 'noted', keepsNoAnswer: true, asksPassword: 'oldPassword' },
      schema: {
        summary: "Change one's own log-in password; other sessions end (own addition)",
        body: z.object({
          oldPassword: z.string().min(1).max(1_000),
          newPassword: z.string().min(shortestPassword).max(1_000),
        }),
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId, userId, sessionId } = callerOf(request);
      const user = await colleague(context, organisationId, userId);
      await requireOwnPassword(context, user);
      const iterations = context.options.passwordIterations ?? passwordIterations;
      const passwordHash = await hashPassword(request.body.newPassword, iterations);
      await context.storage.users.update({ ...user, passwordHash });
      await context.sessions.endAllOf(userId, sessionId);
      request.activityNotes.push({ event: 'user_password_changed', objectId: userId });
      return { success: true as const };
    },
  );
}
