/**
 * For tests and benchmarks only: a mirror in a temporary folder, and rows with every member filled.
 * Stands here because tests of several rooms start from one; the product never imports it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Mirror } from './mirror.ts';
import type { StoredFolder, StoredRecord, StoredVault } from './model.ts';

export const migrationsDir = path.join(import.meta.dirname, '../../resources/migrations');

export interface TestMirror {
  readonly mirror: Mirror;
  readonly path: string;
  readonly directory: string;
  readonly pageKey: Buffer;
  /** Closes and opens again. */
  readonly reopen: () => Mirror;
  [Symbol.dispose](): void;
}

/** A new mirror; disposing closes it and removes its folder. */
export function temporaryMirror(pageKey: Buffer = Buffer.alloc(32, 7)): TestMirror {
  const directory = mkdtempSync(path.join(tmpdir(), 'strongroom-mirror-'));
  const options = { path: path.join(directory, 'mirror.db'), pageKey, migrationsDir };
  let mirror = Mirror.open(options);
  return {
    get mirror() {
      return mirror;
    },
    path: options.path,
    directory,
    pageKey,
    reopen: () => {
      mirror.close();
      mirror = Mirror.open(options);
      return mirror;
    },
    [Symbol.dispose]: () => {
      mirror.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function aVault(change: Partial<StoredVault> & { readonly id: string }): StoredVault {
  return {
    serverId: change.id,
    name: `Vault ${change.id}`,
    kind: 'corporate',
    typeId: null,
    permissions: ['item:read'],
    access: 'admin',
    hidden: false,
    keyWrapped: `wrapped key of ${change.id}`,
    keySalt: null,
    keyHash: null,
    contentHash: 'hash',
    ...change,
  };
}

export function aFolder(
  change: Partial<StoredFolder> & { readonly id: string; readonly vaultId: string },
): StoredFolder {
  return {
    serverId: change.id,
    parentId: null,
    name: `Folder ${change.id}`,
    color: 0,
    contentHash: 'hash',
    ...change,
  };
}

export function aRecord(change: Partial<StoredRecord> & { readonly id: string }): StoredRecord {
  return {
    serverId: change.id,
    kind: 'record',
    vaultId: null,
    folderId: null,
    itemServerId: change.id,
    name: `Record ${change.id}`,
    login: '',
    urls: [],
    description: '',
    tags: [],
    color: 0,
    favourite: false,
    keyWrap: 'vault',
    keyWrapped: 'wrapped record key',
    vaultKeyWrapped: null,
    passwordEncrypted: null,
    customs: [],
    attachments: [],
    sender: null,
    writable: true,
    unread: false,
    revision: null,
    updatedAt: null,
    contentHash: 'hash',
    flagged: false,
    ...change,
  };
}
