/** What a server is started with, and what it does when nothing is said. */
import type { Clock } from './clock.ts';
import type { AttemptLimit, RequestRate } from './identity/throttle.ts';
import type { S3Store } from './storage/s3store.ts';
import type { SyslogTarget } from './syslog/sender.ts';
import type { TokenLives } from './identity/sessions.ts';

export interface ServerOptions {
  /** Folder of the database, the files and the installation's key. Created when missing. */
  dataFolder: string;
  /** A `postgres://` URL; without it the database is a file in the data folder. */
  database?: string;
  /** The object store of attachments; without it they are files in the data folder. */
  files?: S3Store;
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
  /** Failed log-ins at one account from anywhere, after which it is locked for the window. */
  accountAttempts?: AttemptLimit;
  requestRate?: RequestRate;
  /** Largest request body in bytes. */
  bodyLimit?: number;
  /** Bounds of files that come in parts. */
  attachmentParts?: Partial<PartLimits>;
  /** `short` leaves ciphertext out of listings, as a server may, so that clients must ask for each record. */
  listing?: 'full' | 'short';
  /** Takes clients' addresses from the last entry of `X-Forwarded-For`: only behind one proxy that sets or adds it. */
  behindProxy?: boolean;
  /** The collector that is told of the activity log as it is written. */
  syslog?: SyslogTarget;
  /** How often it is looked whether a directory is due for a sync, in seconds. */
  directoryCheckSeconds?: number;
  /** Address that external links are given, when it is not the one listened on. */
  publicUrl?: string;
}

/** How files come that are larger than the protocol's own limit. */
export interface PartLimits {
  /** Largest file in bytes. */
  largestFile: number;
  /** Bytes of a file that one part holds at most; what encryption adds comes on top. */
  partSize: number;
  /** Sessions that one person may have open at the same time. */
  openUploads: number;
  /** How long a session stays open while nothing comes for it, in seconds. */
  idleSeconds: number;
}

/**
 * Parts of 4 MiB: small enough that a cut costs seconds, large enough that a gigabyte is a few
 * hundred requests. A week, so that whoever is cut off on Friday goes on after the weekend.
 */
export const defaultPartLimits: PartLimits = {
  largestFile: 1024 * 1024 * 1024,
  partSize: 4 * 1024 * 1024,
  openUploads: 8,
  idleSeconds: 7 * 24 * 3600,
};

/**
 * A 5 MiB attachment is about 15 MB of JSON (Passwork 7 protocol, "Items, custom fields,
 * attachments"); the limit leaves room for two.
 */
export const defaultBodyLimit = 34 * 1024 * 1024;
export const defaultLoginAttempts: AttemptLimit = { attempts: 10, windowSeconds: 300 };
export const defaultAccountAttempts: AttemptLimit = { attempts: 50, windowSeconds: 3600 };
export const defaultDirectoryCheckSeconds = 60;
export const defaultRequestRate: RequestRate = { perSecond: 500, burst: 5_000 };
