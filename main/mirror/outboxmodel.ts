/**
 * What was changed on this device and is not settled with the server yet.
 *
 * Four things belong together. An operation is one change a person made, to be sent once. The
 * base of a record or folder is its last state that was settled with the server: the common
 * ancestor when the other side changes it too. A conflict is what a person has to decide. A bin
 * entry is what was deleted, here or elsewhere, and can be put back.
 *
 * While an object has operations or a conflict it has a base (null where the object was made
 * here), and its row in the mirror shows this device's own values. The row's `revision`,
 * `updatedAt` and `contentHash` stay those of the base.
 */
import type { ErrorCode, ErrorParams } from '../../contract/errors.ts';
import type { StoredCustomField, StoredFolder, StoredRecord } from './model.ts';

export type OutboxObject = 'record' | 'folder';

/** Fields of a record in wire form; absent ones were not changed. */
export interface RecordFields {
  readonly name?: string;
  readonly login?: string;
  readonly urls?: readonly string[];
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly color?: number;
  readonly passwordEncrypted?: string | null;
  /** The whole list in its new order. */
  readonly customs?: readonly StoredCustomField[];
}

/** A place by this device's ids. */
export interface StoredPlace {
  readonly vaultId: string;
  readonly folderId: string | null;
}

/** One change, by this device's ids throughout; server ids are looked up when it is sent. */
export type OutboxChange =
  | {
      readonly kind: 'create';
      readonly place: StoredPlace;
      readonly keyWrapped: string | null;
      readonly fields: Required<RecordFields>;
    }
  | { readonly kind: 'edit'; readonly fields: RecordFields }
  /** `keyWrapped` is the record key under the key of another vault; null when the vault stays. */
  | { readonly kind: 'move'; readonly place: StoredPlace; readonly keyWrapped: string | null }
  | { readonly kind: 'remove' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'favourite'; readonly favourite: boolean }
  /** Name, key and contents stand with the attachment in the row; contents in its local file. */
  | { readonly kind: 'attach'; readonly attachmentId: string }
  | { readonly kind: 'detach'; readonly attachmentId: string; readonly serverId: string | null }
  /** Names travel in plain text, so that a new one changes nothing of what is encrypted. */
  | { readonly kind: 'renameFile'; readonly attachmentId: string; readonly name: string }
  | {
      readonly kind: 'createFolder';
      readonly vaultId: string;
      readonly parentId: string | null;
      readonly name: string;
    }
  | { readonly kind: 'renameFolder'; readonly name: string }
  | { readonly kind: 'moveFolder'; readonly parentId: string | null }
  | { readonly kind: 'removeFolder' }
  | { readonly kind: 'restoreFolder' };

/**
 * `waiting`: to be sent. `unanswered`: sent, and whether it arrived is not known; it is sent again
 * with the same id and the same body. `held`: refused, and not sent again by itself.
 * `undecided`: part of a conflict.
 */
export type OutboxState = 'waiting' | 'unanswered' | 'held' | 'undecided';

export interface OutboxOperation {
  /** Rises with every commit: the order of the changes. */
  readonly seq: number;
  /** Idempotency key of the sending, a UUID. */
  readonly id: string;
  readonly object: OutboxObject;
  /** This device's id of the record or folder. */
  readonly objectId: string;
  /** Name of the object when it was changed, for the list of what waits. */
  readonly name: string;
  readonly change: OutboxChange;
  /** Unix milliseconds of the change. */
  readonly at: number;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly triedAt: number | null;
  readonly problem: { readonly code: ErrorCode; readonly params: ErrorParams } | null;
}

/** As much of an operation as decides when it is sent. */
export type OutboxHead = Pick<OutboxOperation, 'seq' | 'attempts'>;

export type NewOperation = Pick<OutboxOperation, 'object' | 'objectId' | 'name' | 'change' | 'at'>;

export type ConflictKind = 'fields' | 'deletedThere' | 'changedThere' | 'vaultLost' | 'refused';

/** A field's three sides in wire form; undefined where the field does not exist on that side. */
export interface ConflictSides<T> {
  readonly ancestor: T | undefined;
  readonly mine: T | undefined;
  readonly theirs: T | undefined;
}

/** One field that was changed on both sides. */
export type ConflictedField =
  | {
      readonly key: string;
      readonly kind: 'name' | 'login' | 'description';
      readonly sides: ConflictSides<string>;
    }
  | { readonly key: string; readonly kind: 'urls' | 'tags'; readonly sides: ConflictSides<readonly string[]> }
  | { readonly key: string; readonly kind: 'color'; readonly sides: ConflictSides<number> }
  | { readonly key: string; readonly kind: 'password'; readonly sides: ConflictSides<string | null> }
  | { readonly key: string; readonly kind: 'custom'; readonly sides: ConflictSides<StoredCustomField> }
  | { readonly key: string; readonly kind: 'place'; readonly sides: ConflictSides<StoredPlace> };

export interface StoredConflict {
  readonly id: string;
  readonly kind: ConflictKind;
  /** The record it is about; it may not stand in the mirror any more. What is sealed has an id of its own. */
  readonly recordId: string;
  readonly name: string;
  readonly vaultName: string;
  readonly at: number;
  readonly fields: readonly ConflictedField[];
  /**
   * For `vaultLost` and `refused`: what was typed here, as JSON sealed under the key cache's
   * subkey with the conflict's id as context, since the keys of the vault go with the vault.
   */
  readonly sealed: Buffer | null;
}

/** What lies in the bin. A folder's records and folders lie there under its entry. */
export interface BinEntry {
  /** This device's id of the record or folder. */
  readonly id: string;
  readonly kind: OutboxObject;
  /** The server's name of the entry; null until it has told. */
  readonly binItemId: string | null;
  readonly vaultId: string;
  readonly name: string;
  /** Names of the folders it lay in, outermost first. */
  readonly place: readonly string[];
  readonly deletedAt: number | null;
  /** The folder entry it belongs to; null for what was deleted by itself. */
  readonly under: string | null;
  readonly record: StoredRecord | null;
  readonly folder: StoredFolder | null;
}

/** A secret that was looked at without contact, to be told to the activity log. */
export interface OfflineRead {
  readonly seq: number;
  readonly itemServerId: string;
  readonly at: number;
  readonly action: 'revealed' | 'copied' | 'saved';
}
