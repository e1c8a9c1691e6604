/** What every stage of a pull needs, and where it reports to. */
import type { SyncStatus } from '../../contract/sync.ts';
import type { LockedBytes } from '../custody/index.ts';
import type { WireAttachment } from '../keychain/index.ts';
import type { Mirror } from '../mirror/index.ts';
import type { EncryptionMode } from '../mirror/model.ts';
import type { RemoteClient } from '../remote/index.ts';
import type { Pace } from './pace.ts';
import type { VaultKeys } from './trust/vaultkeys.ts';

export type SyncStage = NonNullable<SyncStatus['stage']>;

/** An attached file in the form the server delivered, ready for the device's own seal. */
export interface WireFile {
  readonly recordId: string;
  readonly attachmentId: string;
  readonly encryptedKey: string;
  readonly encryptedData: string;
  readonly hash: string | null;
}

/** A part of a file as it travels: its bytes, and their hex SHA-256. */
export interface StoredPart {
  readonly size: number;
  readonly digest: string;
}

/** Where the contents of attachments lie on this device. */
export interface FileStore {
  /** Seals and stores one file; gives its name inside the profile and its plain size, if known. */
  store(file: WireFile): Promise<{ readonly localFile: string; readonly size: number | null }>;
  /** The wire form of a stored file. Throws `tampered`, `diskError` when it cannot be had. */
  read(localFile: string): Promise<WireAttachment>;
  /** The parts of a file that is stored in parts, in order; null for any other. Throws as `read`. */
  parts(localFile: string): Promise<readonly StoredPart[] | null>;
  /** One of these parts as it travels, by number from 1. Throws as `read`. */
  readPart(localFile: string, number: number): Promise<Buffer>;
  /** Bytes free where they are stored. Throws disk codes. */
  free(): Promise<number>;
  /** Removes a stored file; one that is gone already is no failure. */
  remove(localFile: string): Promise<void>;
}

export interface PullContext {
  readonly client: RemoteClient;
  readonly mirror: Mirror;
  readonly mode: EncryptionMode;
  /** Null without client-side encryption. */
  readonly vaultKeys: VaultKeys | null;
  readonly manifestKey: LockedBytes;
  /** Subkey under which typed values are sealed when their vault is lost. */
  readonly cacheKey: LockedBytes;
  /** Null where contents are not kept on this device. */
  readonly files: FileStore | null;
  /** Ids of attachments that could not be had; not asked for again until the next unlock. */
  readonly givenUpFiles: Set<string>;
  /** Names of the features that the server announces. */
  readonly features: ReadonlySet<string>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly progress: (stage: SyncStage, done: number, total: number) => void;
  /** Ids of records that changed, or null for the tree as a whole. */
  readonly changed: (recordIds: readonly string[] | null) => void;
}
