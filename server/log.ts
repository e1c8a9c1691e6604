/**
 * The log: what happened, never what it was about. No address with its query, no header
 * and no body is ever handed to it; the redaction is the second fence.
 */
import pino from 'pino';
import type { Logger } from 'pino';
import type { ServerOptions } from './options.ts';

const secrets = [
  'authorization',
  '["x-master-key-hash"]',
  '["passwork-masterkeyhash"]',
  'cookie',
  'password',
  'accessToken',
  'refreshToken',
  'setupToken',
  'body',
];
const redact = {
  paths: secrets.flatMap((name) => {
    const dotted = name.startsWith('[') ? name : `.${name}`;
    return [name, `*${dotted}`, `*.*${dotted}`, `*.*.*${dotted}`];
  }),
  remove: true,
};

/** The logger that the options ask for, and a way to finish writing. */
export function createLog(options: ServerOptions): { logger: Logger; finish: () => void } {
  if (options.logFile === undefined && !options.logToStderr) {
    return { logger: pino({ level: 'silent' }), finish: () => undefined };
  }
  const destination = pino.destination({ dest: options.logFile ?? 2, sync: true, mkdir: true, mode: 0o600 });
  // An error's message may repeat data: only its kind is kept.
  const err = (error: Error) => ({ name: error.name });
  const serializers = { req: () => undefined, res: () => undefined, err };
  return {
    logger: pino({ level: 'info', redact, serializers }, destination),
    finish: () => destination.flushSync(),
  };
}
