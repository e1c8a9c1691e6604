/** Builds the Fastify application out of its groups of endpoints. */
import swagger from '@fastify/swagger';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import { defaultBodyLimit } from '../options.ts';
import { keepActivityLog } from './activitynotes.ts';
import { activityRoutes } from './activity.ts';
import { activityRetentionRoutes } from './activityretention.ts';
import { applicationRoutes } from './application.ts';
import { attachmentPartRoutes } from './attachmentparts.ts';
import { attachmentRoutes } from './attachments.ts';
import { linkPageRoutes } from '../linkpage/serving.ts';
import { authenticate } from './authentication.ts';
import { batchRoutes } from './batch.ts';
import { binRoutes } from './bin.ts';
import { changeRoutes } from './changes.ts';
import type { Api, Context } from './context.ts';
import { wrapAnswers } from './envelope.ts';
import { describeError } from './errors.ts';
import { encryptionChangeRoutes } from './encryption/change.ts';
import { convertedFileRoutes } from './encryption/files.ts';
import { convertedObjectRoutes } from './encryption/objects.ts';
import { vaultConversionRoutes } from './encryption/vaults.ts';
import { writeFilesAhead } from './filesahead.ts';
import { folderRoutes } from './folders.ts';
import { guardRate } from './gate.ts';
import { healthRoutes } from './health.ts';
import { refuseFormerMode } from './encryption/modeguard.ts';
import { groupRoutes } from './people/groups.ts';
import { inboxRoutes } from './sharing/inbox.ts';
import { itemRoutes } from './items.ts';
import { linkRoutes } from './sharing/links.ts';
import { openLinkRoutes } from './sharing/openlinks.ts';
import { sendingRoutes } from './sharing/sending.ts';
import { offlineRoutes } from './offline.ts';
import { passwordPolicyRoutes } from './passwordpolicies.ts';
import { parseJsonBodies, parseQuery } from './reading.ts';
import { answerRepeats } from './repeats.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './sessions.ts';
import { setupRoutes } from './setup.ts';
import { shortcutRoutes } from './shortcuts.ts';
import { snapshotRoutes } from './snapshots.ts';
import { userAdministrationRoutes } from './people/administration.ts';
import { directoryRoutes } from './people/directory.ts';
import { directorySyncRoutes } from './people/directorysync.ts';
import { inviteRoutes } from './people/invites.ts';
import { masterPasswordRoutes } from './people/masterpassword.ts';
import { ownAccountRoutes } from './people/ownaccount.ts';
import { askPasswords } from './people/askpassword.ts';
import { roleRoutes } from './people/roles.ts';
import { twoFactorRoutes } from './people/twofactor.ts';
import { userRoutes } from './people/users.ts';
import { vaultAccessRoutes } from './vaults/access.ts';
import { vaultCreationRoutes } from './vaults/creation.ts';
import { deletedVaultRoutes } from './vaults/deleted.ts';
import { explainedAccessRoutes } from './vaults/explained.ts';
import { rekeyRoutes } from './vaults/rekey.ts';
import { rekeyedRecordRoutes } from './vaults/rekeyrecords.ts';
import { accessRequestRoutes } from './vaults/requests.ts';
import { vaultTypeRoutes } from './vaults/types.ts';
import { vaultRoutes } from './vaults/vaults.ts';

/** Every group of endpoints that stands under the base path. */
const groups = [
  applicationRoutes,
  healthRoutes,
  setupRoutes,
  sessionRoutes,
  userRoutes,
  ownAccountRoutes,
  roleRoutes,
  inviteRoutes,
  twoFactorRoutes,
  masterPasswordRoutes,
  userAdministrationRoutes,
  groupRoutes,
  directoryRoutes,
  directorySyncRoutes,
  vaultTypeRoutes,
  vaultCreationRoutes,
  vaultRoutes,
  vaultAccessRoutes,
  explainedAccessRoutes,
  accessRequestRoutes,
  rekeyRoutes,
  rekeyedRecordRoutes,
  encryptionChangeRoutes,
  vaultConversionRoutes,
  convertedObjectRoutes,
  convertedFileRoutes,
  deletedVaultRoutes,
  folderRoutes,
  searchRoutes,
  itemRoutes,
  attachmentRoutes,
  attachmentPartRoutes,
  snapshotRoutes,
  shortcutRoutes,
  inboxRoutes,
  sendingRoutes,
  linkRoutes,
  openLinkRoutes,
  binRoutes,
  changeRoutes,
  offlineRoutes,
  passwordPolicyRoutes,
  activityRoutes,
  activityRetentionRoutes,
];

function createFastify(
  context: Context,
  logger: FastifyBaseLogger,
  https: { key: Buffer; cert: Buffer } | null,
) {
  return Fastify({
    loggerInstance: logger,
    https,
    bodyLimit: context.options.bodyLimit ?? defaultBodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    // One hop: what stands in the header before the proxy's own entry is the client's claim.
    trustProxy: context.options.behindProxy ? (_address, hop) => hop === 0 : false,
    requestTimeout: 120_000,
    connectionTimeout: 130_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    routerOptions: { querystringParser: parseQuery },
  });
}

/** One line a request: the route as it was registered, never the address with its ids and search words. */
function logRequests(app: Api): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)';
    const took = Math.round(reply.elapsedTime);
    request.log.info({ method: request.method, route, status: reply.statusCode, ms: took }, 'request');
  });
}

function answerErrors(app: Api): void {
  app.setErrorHandler<Error>(async (error, request, reply) => {
    const { status, errors } = describeError(error);
    if (status >= 500) {
      // The stack says where; the message may repeat data and stays out of the log.
      const trace = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
      request.log.error({ name: error.name, trace }, 'failure');
    }
    return reply.status(status).send({ errors });
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .status(404)
      .send({ errors: [{ code: 'notFound', field: '', message: 'There is no such address.' }] }),
  );
}

/** The application, not yet listening. */
export async function buildApplication(
  context: Context,
  logger: FastifyBaseLogger,
  https: { key: Buffer; cert: Buffer } | null,
): Promise<Api> {
  const app: Api = createFastify(context, logger, https).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  parseJsonBodies(app);
  const gate = guardRate(app, context.clock, context.options);
  wrapAnswers(app);
  logRequests(app);
  answerErrors(app);
  authenticate(app, context);
  refuseFormerMode(app, context);
  // The inner of the two: what is only repeated has been logged before.
  keepActivityLog(app, context);
  answerRepeats(app, context);
  askPasswords(app, context);
  writeFilesAhead(app, context);
  await app.register(swagger, {
    openapi: { info: { title: 'Strongroom server', version: '1' } },
    transform: (route) => {
      const described = jsonSchemaTransform(route);
      const { needs, logs } = route.route.config ?? {};
      return { ...described, schema: { ...described.schema, 'x-needs': needs, 'x-logs': logs } };
    },
  });
  linkPageRoutes(app);
  await app.register(
    async (scope) => {
      const api: Api = scope.withTypeProvider<ZodTypeProvider>();
      for (const register of groups) register(api, context);
      batchRoutes(api, gate);
    },
    { prefix: '/api/v1' },
  );
  await app.ready();
  return app;
}
