/**
 * The server as a function, for the command line and for tests.
 *
 * It imports nothing of the application beside it: with client-side encryption the
 * server has no use for a key and no code that could use one.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rightsOver } from './access/rights.ts';
import { buildApplication } from './api/build.ts';
import type { Context } from './api/context.ts';
import { dropOldActivity } from './api/activityretention.ts';
import { dropAbandonedUploads } from './api/uploading.ts';
import { directoryDesk } from './directory/desk.ts';
import { documentedTokenLives, sessionService } from './identity/sessions.ts';
import { failureThrottle } from './identity/throttle.ts';
import { createLog } from './log.ts';
import type { ServerOptions } from './options.ts';
import { defaultAccountAttempts, defaultDirectoryCheckSeconds } from './options.ts';
import { createSeal } from './sealing/cipher.ts';
import { loadSealingKey, loadSetupToken } from './sealing/keyfile.ts';
import { databasePlace, filePlace } from './storage/places.ts';
import { openStorage } from './storage/storage.ts';
import { syslogSender } from './syslog/sender.ts';

export type { ServerOptions } from './options.ts';

/** A server that listens. */
export interface RunningServer {
  /** Scheme, host and port, without a path. */
  readonly url: string;
  /** True when the database was new. */
  readonly isNew: boolean;
  /** Stops accepting, finishes what is under way, and closes the database. */
  close(): Promise<void>;
}

const hour = 3600 * 1000;
/** How long the journal remembers, in seconds; whoever stays away longer fetches whole listings. */
const journalMemory = 90 * 24 * 3600;
/** How long an answer is kept for a request that may come again, in seconds. */
const answerMemory = 90 * 24 * 3600;

function addressOf(options: ServerOptions, port: number): string {
  const host = options.host ?? '127.0.0.1';
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${options.tls ? 'https' : 'http'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

function readTls(options: ServerOptions): { key: Buffer; cert: Buffer } | null {
  if (!options.tls) return null;
  return { key: readFileSync(options.tls.keyFile), cert: readFileSync(options.tls.certificateFile) };
}

/** Opens the data folder, creating what is missing, and builds what endpoints work with. */
async function openContext(
  options: ServerOptions,
  address: () => string,
  tellActivity: Context['tellActivity'],
  failed: (error: unknown) => void,
) {
  const folder = resolve(options.dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = databasePlace(folder, options.database);
  const isNew = await place.isNew();
  const setupToken = loadSetupToken(folder);
  const clock = options.clock ?? Date.now;
  const keySeal = createSeal(loadSealingKey(folder, !isNew));
  const files = filePlace(folder, options.files);
  const storage = await openStorage(place.open(), keySeal, files, clock);
  await files.prepare().catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  const { seal } = storage;
  const sessions = sessionService(storage, clock, options.tokenLives ?? documentedTokenLives);
  const endSessions = (userId: string) => sessions.endAllOf(userId);
  const context: Context = {
    ...{ storage, seal, clock, setupToken, options, address, sessions },
    directory: directoryDesk({ storage, clock, tellActivity, endSessions, failed }),
    rights: rightsOver(storage),
    tellActivity,
    lockout: failureThrottle(clock, options.accountAttempts ?? defaultAccountAttempts),
  };
  return { context, isNew };
}

/** Starts a server on its data folder. Rejects when the folder or the port cannot be used. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let url = '';
  const log = createLog(options);
  const syslog = options.syslog
    ? syslogSender(options.syslog, (dropped) => log.logger.warn({ dropped }, 'syslog entries dropped'))
    : null;
  const tell: Context['tellActivity'] = (entries) => syslog?.send(entries);
  const failed = (error: unknown) => {
    log.logger.error({ name: error instanceof Error ? error.name : 'unknown' }, 'background work failed');
  };
  const { context, isNew } = await openContext(options, () => url, tell, failed);
  const app = await buildApplication(context, log.logger, readTls(options));
  const dropOutdated = async () => {
    await context.sessions.dropExpired();
    const now = Math.floor(context.clock() / 1000);
    await context.storage.journal.forgetBefore(now - journalMemory);
    await context.storage.answers.forgetBefore(now - answerMemory);
    await dropAbandonedUploads(context);
    await dropOldActivity(context);
  };
  await dropOutdated();
  const sweep = setInterval(() => {
    dropOutdated().catch(failed);
  }, hour);
  const directories = setInterval(
    () => {
      context.directory.startDue().catch(failed);
    },
    (options.directoryCheckSeconds ?? defaultDirectoryCheckSeconds) * 1000,
  );
  for (const timer of [sweep, directories]) timer.unref();
  const close = async () => {
    for (const timer of [sweep, directories]) clearInterval(timer);
    await app.close();
    await context.directory.close();
    await syslog?.close();
    await context.storage.close();
    log.finish();
  };
  try {
    await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  } catch (error) {
    await close();
    throw error;
  }
  const bound = app.server.address();
  url = addressOf(options, typeof bound === 'object' && bound ? bound.port : (options.port ?? 0));
  return { url, isNew, close };
}
