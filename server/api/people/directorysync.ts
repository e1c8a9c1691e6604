/** Looking at what a sync with the directory would change, and doing it (own additions). */
import { z } from 'zod';
import type { PlannedChange } from '../../directory/plan.ts';
import { blocksTooMany } from '../../directory/plan.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { orFault } from '../directoryfaults.ts';
import { ApiError, notFound } from '../errors.ts';
import { objectId } from '../schemas.ts';
import { directorySettings, storedSettings } from './directory.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const conflict = z.object({ kind: z.string(), name: z.string() });

const countsAnswer = z.object({
  ...{ added: z.number(), adopted: z.number(), changed: z.number(), blocked: z.number() },
  ...{ unblocked: z.number(), groupsMade: z.number(), joined: z.number(), left: z.number() },
  requested: z.number(),
});

const outcomeAnswer = z.object({
  ...{ startedAt: z.number(), finishedAt: z.number(), startedBy: objectId.nullable() },
  ...{ result: z.enum(['done', 'failed', 'refused']), fault: z.string().nullable() },
  ...{ counts: countsAnswer, conflicts: z.array(conflict), conflictCount: z.number() },
});

const stateAnswer = z.object({
  /** Null where no directory was set up; the password is not told. */
  settings: directorySettings.nullable(),
  /** Null while no sync is under way. */
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  /** How the last sync went. */
  outcome: outcomeAnswer.nullable(),
});

const shownChange = z.object({
  kind: z.enum(['add', 'adopt', 'change', 'block', 'unblock', 'createGroup', 'join', 'leave']),
  /** The person's login as it will be; empty where a group is made. */
  login: z.string(),
  ...{ fullName: z.string(), email: z.string(), dn: z.string() },
  former: z.object({ login: z.string(), fullName: z.string(), email: z.string() }).nullable(),
  /** The group that it is about; empty where it is about none. */
  group: z.string(),
});

const previewAnswer = z.object({
  digest,
  changes: z.array(shownChange),
  conflicts: z.array(conflict),
  unknownMembers: z.number(),
  /** True when a sync by itself would refuse to block so many. */
  blocksTooMany: z.boolean(),
});

/** A change as it is shown, each with the same members. */
function shown(change: PlannedChange): z.output<typeof shownChange> {
  const { kind, dn } = change;
  const login = 'login' in change ? change.login : '';
  const group = 'group' in change ? change.group : kind === 'createGroup' ? change.name : '';
  const [fullName, email] = 'fullName' in change ? [change.fullName, change.email] : ['', ''];
  const former = 'former' in change ? change.former : null;
  return { kind, login, fullName, email, dn, former, group };
}

/** Registers the endpoints of this file. */
export function directorySyncRoutes(app: Api, context: Context): void {
  app.get(
    '/directory',
    {
      config: { needs: 'settings:manage' },
      schema: {
        summary: 'The directory, and how the last sync went (own addition)',
        response: { 200: stateAnswer },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const settings = await context.storage.ldap.settings(organisationId);
      const outcome = await context.storage.ldap.outcome(organisationId);
      // The schema leaves the password out; answers are not cut down to theirs by themselves.
      const told = settings && directorySettings.parse(settings);
      return { settings: told, progress: context.directory.progress(organisationId), outcome };
    },
  );

  app.post(
    '/directory/preview',
    {
      config: { needs: 'settings:manage', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'What a sync would change now, without changing it (own addition)',
        response: { 200: previewAnswer },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const settings = await storedSettings(context, organisationId);
      const plan = await orFault(context.directory.preview(organisationId, settings));
      const { changes, conflicts, unknownMembers } = plan;
      const told = { conflicts, unknownMembers, blocksTooMany: blocksTooMany(plan) };
      return { digest: plan.digest, changes: changes.map(shown), ...told };
    },
  );

  app.post(
    '/directory/sync',
    {
      config: { needs: 'settings:manage', logs: 'itself' },
      schema: {
        summary: 'Begin a sync; it goes on after the answer (own addition)',
        body: z.object({ digest: digest.nullish() }),
        response: { 200: z.object({ isStarted: z.literal(true) }) },
      },
    },
    async (request) => {
      const { organisationId, userId } = callerOf(request);
      if (!(await context.storage.ldap.settings(organisationId))) throw notFound();
      if (!context.directory.start(organisationId, userId, request.body.digest ?? null)) {
        throw new ApiError(409, 'syncUnderWay', 'A sync is under way.');
      }
      return { isStarted: true as const };
    },
  );
}
