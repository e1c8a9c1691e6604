/** What a server is started with, and what it does when nothing is said. */
import type { Clock } from './clock.ts';
import type { AttemptLimit, RequestRate } from './identity/throttle.ts';
import type { TokenLives } from './identity/sessions.ts';

export interface ServerOptions {
  /** Folder of the database, the files and the installation's key. Created when missing. */
  dataFolder: string;
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  /** PEM files; with both the server speaks HTTPS only. */
  tls?: { certificateFile: string; keyFile: string };
  /** Where the log goes; without it nothing is logged. */
  logFile?: string;
  /** Logs to the standard error stream when no file is given. */
  logToStderr?: boolean;
  clock?: Clock;
  tokenLives?: TokenLives;
  /** PBKDF2 iterations for new log-in passwords; lower ones are for tests only. */
  passwordIterations?: number;
  loginAttempts?: AttemptLimit;
  requestRate?: RequestRate;
  /** Largest request body in bytes. */
  bodyLimit?: number;
  /** `short` leaves ciphertext out of listings, as a server may, so that clients must ask for each record. */
  listing?: 'full' | 'short';
  /** Takes clients' addresses from the last entry of `X-Forwarded-For`: only behind one proxy that sets or adds it. */
  behindProxy?: boolean;
  /** Address that external links are given, when it is not the one listened on. */
  publicUrl?: string;
}

/**
 * A 5 MiB attachment is about 15 MB of JSON (Passwork 7 protocol, "Items, custom fields,
 * attachments"); the limit leaves room for two.
 */
export const defaultBodyLimit = 34 * 1024 * 1024;
export const defaultLoginAttempts: AttemptLimit = { attempts: 10, windowSeconds: 300 };
export const defaultRequestRate: RequestRate = { perSecond: 500, burst: 5_000 };
