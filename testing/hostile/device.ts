/**
 * A device without its window: an account that was enrolled over the network, a mirror on
 * disk, the vault keys and the synchroniser, put together as the application does it.
 */
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StrongroomError } from '../../contract/errors.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import { LockedBytes } from '../../main/custody/index.ts';
import {
  decodeAttachment,
  decodePlainAttachment,
  decodePlainCustomField,
  decodePlain,
  openCustomField,
  openInboxKey,
  openPassword,
  openRecordKey,
  masterKeyHash,
  type RecordKey,
} from '../../main/keychain/index.ts';
import { Mirror } from '../../main/mirror/index.ts';
import type { StoredRecord } from '../../main/mirror/model.ts';
import {
  Connection,
  HashGate,
  parseServerAddress,
  RemoteClient,
  TokenKeeper,
} from '../../main/remote/index.ts';
import type { Tokens } from '../../main/remote/index.ts';
import { Enrolment, Synchroniser, VaultKeys } from '../../main/sync/index.ts';
import type { EnrolmentResult, FileStore, WireFile } from '../../main/sync/index.ts';
import type { SamplePerson } from '../organisation/cast.ts';

const migrationsDir = path.join(import.meta.dirname, '../../resources/migrations');

/** Goes through the whole enrolment of a person at a server. */
export async function enrol(url: string, person: SamplePerson): Promise<EnrolmentResult> {
  const enrolment = await Enrolment.begin({
    address: parseServerAddress(url),
    trust: { kind: 'system' },
    login: person.login,
    password: Buffer.from(person.password),
  });
  try {
    return await enrolment.finish(Buffer.from(person.masterPassword ?? 'device passphrase'));
  } finally {
    await enrolment.end();
  }
}

/** One opened secret of a record, as text (latin1 for files). */
export interface OpenedSecret {
  readonly recordId: string;
  readonly field: string;
  readonly text: string;
}

export interface DeviceOptions {
  /** Another address than the one enrolled at, e.g. a proxy in front of it. */
  readonly url?: string;
  readonly withFiles?: boolean;
  readonly persistTokens?: (tokens: Tokens) => void;
  readonly now?: () => number;
}

export class TestDevice {
  readonly mirror: Mirror;
  readonly synchroniser: Synchroniser;
  readonly vaultKeys: VaultKeys | null;
  readonly client: RemoteClient;
  /** Contents of attachments by the name they were stored under. */
  readonly files = new Map<string, WireFile>();
  /** Failures that nobody foresaw. */
  readonly incidents: unknown[] = [];
  readonly changes: (readonly string[] | null)[] = [];
  readonly #account: EnrolmentResult;
  readonly #folder: string;

  constructor(account: EnrolmentResult, options: DeviceOptions = {}) {
    this.#account = account;
    this.#folder = mkdtempSync(path.join(tmpdir(), 'strongroom-device-'));
    this.mirror = Mirror.open({
      path: path.join(this.#folder, 'mirror.db'),
      pageKey: Buffer.alloc(32, 1),
      migrationsDir,
    });
    this.mirror.pins.write(account.pins);
    this.client = clientOf(account, options);
    const manifestKey = LockedBytes.adopt(Buffer.alloc(32, 2));
    const now = options.now ?? Date.now;
    const { keys } = account;
    this.vaultKeys =
      keys === null
        ? null
        : new VaultKeys({
            mirror: this.mirror,
            cacheKey: LockedBytes.adopt(Buffer.alloc(32, 3)),
            manifestKey,
            privateKey: () => keys.privateKey,
            now,
          });
    this.synchroniser = new Synchroniser({
      accountId: 'account',
      client: this.client,
      mirror: this.mirror,
      vaultKeys: this.vaultKeys,
      manifestKey,
      cacheKey: LockedBytes.adopt(Buffer.alloc(32, 3)),
      masterKeyHash: keys === null ? null : () => masterKeyHash(keys.masterKey),
      ownKeyBits: keys?.privateKey.bits ?? null,
      files: options.withFiles === false ? null : this.#fileStore(),
      now,
      report: (failure) => this.incidents.push(failure),
    });
    this.synchroniser.onChanged((ids) => this.changes.push(ids));
  }

  async sync(): Promise<SyncStatus> {
    await this.synchroniser.start();
    return this.synchroniser.status();
  }

  async dispose(): Promise<void> {
    await this.synchroniser.stop();
    await this.client.connection.close();
    this.vaultKeys?.dispose();
    this.mirror.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  records(): StoredRecord[] {
    return [...this.mirror.records.batches(500)].flat();
  }

  record(name: string, kind: StoredRecord['kind'] = 'record'): StoredRecord {
    const found = this.records().find((record) => record.name === name && record.kind === kind);
    if (found === undefined) throw new Error(`There is no ${kind} "${name}".`);
    return found;
  }

  /** Everything the mirror holds, in a form that two devices can be compared by. */
  content(): unknown {
    const { mirror } = this;
    const vaults = mirror.vaults.all();
    return {
      vaults,
      trust: vaults.map(({ id }) => mirror.pins.vaultKey(id)?.trust),
      folders: vaults.flatMap(({ id }) => mirror.folders.ofVault(id)),
      records: this.records()
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((record) => ({ ...record, manifest: mirror.manifest.entries(record.id) })),
      // What lies in the bin may have its files here or not: that depends on what was here before.
      files: this.records()
        .flatMap(({ attachments }) => attachments)
        .flatMap(({ localFile }) => (localFile === null ? [] : (this.files.get(localFile) ?? [])))
        .map(({ attachmentId, encryptedData }) => `${attachmentId} ${hash('sha256', encryptedData)}`)
        .sort(),
      bin: mirror.bin
        .page({ vaultId: null, offset: 0, limit: 10_000 })
        .rows.map(({ kind, id, binItemId, deletedAt }) => `${kind} ${id} ${binItemId} ${deletedAt}`)
        .sort(),
    };
  }

  /** Opens everything that can be opened here. @throws on the first thing that does not open. */
  openAll(): OpenedSecret[] {
    return this.records().flatMap((record) => this.openRecord(record));
  }

  openRecord(record: StoredRecord): OpenedSecret[] {
    const key = this.#recordKey(record);
    const secret = (field: string, text: Uint8Array, coding: BufferEncoding = 'utf8'): OpenedSecret => ({
      recordId: record.itemServerId,
      field,
      text: Buffer.from(text).toString(coding),
    });
    const password =
      key === null
        ? record.passwordEncrypted === null
          ? undefined
          : decodePlain(record.passwordEncrypted)
        : openPassword(record.passwordEncrypted, key);
    const customs = record.customs.map((field) =>
      key === null ? decodePlainCustomField(field) : openCustomField(field, key),
    );
    const files = record.attachments.flatMap((file) => {
      const stored = file.localFile === null ? undefined : this.files.get(file.localFile);
      if (stored === undefined) return [];
      const wire = {
        encryptedKey: stored.encryptedKey,
        encryptedData: stored.encryptedData,
        hash: stored.hash ?? '',
      };
      return [
        secret(file.name, key === null ? decodePlainAttachment(wire) : decodeAttachment(wire, key), 'latin1'),
      ];
    });
    return [
      ...(password === undefined ? [] : [secret('password', password)]),
      ...customs.map((field) => secret(field.name, field.value)),
      ...files,
    ];
  }

  #recordKey(record: StoredRecord): RecordKey | null {
    if (record.keyWrap === 'none') return null;
    if (record.keyWrapped === null || this.vaultKeys === null || this.#account.keys === null) {
      throw new Error('The record has no key.');
    }
    return record.keyWrap === 'rsa'
      ? openInboxKey(record.keyWrapped, this.#account.keys.privateKey)
      : openRecordKey(record.keyWrapped, this.vaultKeys.keyForRecord(record));
  }

  #fileStore(): FileStore {
    return {
      store: async (file) => {
        const localFile = `${file.recordId}-${file.attachmentId}`;
        this.files.set(localFile, file);
        return { localFile, size: null };
      },
      read: async (localFile) => {
        const file = this.files.get(localFile);
        if (file?.hash == null) throw new StrongroomError('diskError');
        return { encryptedKey: file.encryptedKey, encryptedData: file.encryptedData, hash: file.hash };
      },
      parts: async () => null,
      readPart: async () => Promise.reject(new StrongroomError('diskError')),
      free: async () => Number.MAX_SAFE_INTEGER,
      remove: async (localFile) => void this.files.delete(localFile),
    };
  }
}

function clientOf(account: EnrolmentResult, options: DeviceOptions): RemoteClient {
  const address = parseServerAddress(options.url ?? account.server.origin);
  const connection = new Connection({ address, trust: account.server.trust });
  const persist = options.persistTokens ?? ((): void => undefined);
  const tokens = new TokenKeeper({ connection, tokens: account.tokens, persist });
  return new RemoteClient({ connection, tokens, gate: new HashGate(address) });
}
