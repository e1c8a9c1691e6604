/**
 * A hand on a device of the suites: commits changes as the use cases do, row, base and operation in
 * one transaction, with real keys, and nothing around it.
 */
import { randomBytes } from 'node:crypto';
import {
  encodeAttachment,
  encodePlain,
  generateRecordKey,
  openCustomField,
  openPassword,
  openRecordKey,
  sealCustomField,
  sealPassword,
  sealRecordKey,
} from '../../main/keychain/index.ts';
import type { RecordKey } from '../../main/keychain/index.ts';
import type { OutboxChange, RecordFields, StoredFolder, StoredRecord } from '../../main/mirror/index.ts';
import { allFieldsOf } from '../../main/sync/index.ts';
import type { TestDevice } from '../hostile/device.ts';

const newId = (): string => `new-${randomBytes(12).toString('hex')}`;
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

export interface Typed {
  readonly name?: string;
  readonly login?: string;
  readonly description?: string;
  readonly urls?: readonly string[];
  readonly password?: string;
  readonly customs?: readonly { readonly name: string; readonly value: string }[];
}

export class OfflineHand {
  readonly device: TestDevice;

  constructor(device: TestDevice) {
    this.device = device;
  }

  keyOf(record: StoredRecord): RecordKey | null {
    const { vaultKeys } = this.device;
    if (record.keyWrapped === null || vaultKeys === null) return null;
    return openRecordKey(record.keyWrapped, vaultKeys.keyForRecord(record));
  }

  passwordOf(record: StoredRecord): string {
    const key = this.keyOf(record);
    if (key === null) return Buffer.from(record.passwordEncrypted ?? '', 'base64').toString('utf8');
    return openPassword(record.passwordEncrypted, key)?.toString('utf8') ?? '';
  }

  customsOf(record: StoredRecord): string[] {
    const key = this.keyOf(record);
    if (key === null) return [];
    return record.customs.map((field) => {
      const { name, value } = openCustomField(field, key);
      return `${name}=${value.toString('utf8')}`;
    });
  }

  create(vaultId: string, typed: Typed, folderId: string | null = null): StoredRecord {
    const { mirror, vaultKeys } = this.device;
    const key = vaultKeys === null ? null : generateRecordKey();
    const id = newId();
    const keyWrapped =
      key === null || vaultKeys === null ? null : sealRecordKey(key, vaultKeys.keyOf(vaultId));
    const empty: StoredRecord = {
      ...{ id, serverId: '', kind: 'record', vaultId, folderId, itemServerId: '' },
      ...{ name: '', login: '', urls: [], description: '', tags: [], color: 0, favourite: false },
      ...{ keyWrap: key === null ? 'none' : 'vault', keyWrapped, vaultKeyWrapped: null },
      ...{ passwordEncrypted: null, customs: [], attachments: [], sender: null, writable: true },
      ...{ unread: false, revision: null, updatedAt: null, contentHash: '', flagged: false },
    };
    const record = { ...empty, ...this.#sealed(typed, key) };
    const change = {
      kind: 'create',
      place: { vaultId, folderId },
      keyWrapped,
      fields: allFieldsOf(record),
    } as const;
    mirror.durable(() => {
      mirror.bases.putRecord(id, null);
      mirror.records.upsertMany([record]);
      this.#add('record', record, change);
    });
    return record;
  }

  edit(recordId: string, typed: Typed): StoredRecord {
    const record = this.#record(recordId);
    const fields = this.#sealed(typed, this.keyOf(record));
    return this.#commit(record, { ...record, ...fields }, { kind: 'edit', fields });
  }

  move(recordId: string, vaultId: string, folderId: string | null): StoredRecord {
    const record = this.#record(recordId);
    const { vaultKeys } = this.device;
    const key = vaultId === record.vaultId ? null : this.keyOf(record);
    const keyWrapped =
      key === null || vaultKeys === null ? null : sealRecordKey(key, vaultKeys.keyOf(vaultId));
    const next = { ...record, vaultId, folderId, keyWrapped: keyWrapped ?? record.keyWrapped };
    return this.#commit(record, next, { kind: 'move', place: { vaultId, folderId }, keyWrapped });
  }

  favourite(recordId: string, favourite: boolean): StoredRecord {
    const record = this.#record(recordId);
    return this.#commit(record, { ...record, favourite }, { kind: 'favourite', favourite });
  }

  async attach(recordId: string, name: string, contents: string): Promise<StoredRecord> {
    const record = this.#record(recordId);
    const key = this.keyOf(record);
    if (key === null) throw new Error('Files are attached with keys here.');
    const wire = encodeAttachment(bytes(contents), key);
    const attachmentId = newId();
    const localFile = `${recordId}-${attachmentId}`;
    this.device.files.set(localFile, { recordId, attachmentId, ...wire });
    const { encryptedKey, hash } = wire;
    const file = {
      id: attachmentId,
      serverId: null,
      name,
      encryptedKey,
      hash,
      size: contents.length,
      localFile,
    };
    return Promise.resolve(
      this.#commit(
        record,
        { ...record, attachments: [...record.attachments, file] },
        { kind: 'attach', attachmentId },
      ),
    );
  }

  detach(recordId: string, name: string): StoredRecord {
    const record = this.#record(recordId);
    const file = record.attachments.find((each) => each.name === name);
    if (file === undefined) throw new Error(`There is no file "${name}".`);
    const attachments = record.attachments.filter((each) => each !== file);
    const { id: attachmentId, serverId } = file;
    return this.#commit(record, { ...record, attachments }, { kind: 'detach', attachmentId, serverId });
  }

  createFolder(vaultId: string, name: string, parentId: string | null = null): StoredFolder {
    const { mirror } = this.device;
    const folder = { id: newId(), serverId: '', vaultId, parentId, name, color: 0, contentHash: '' };
    mirror.durable(() => {
      mirror.bases.putFolder(folder.id, null);
      mirror.folders.upsert(folder);
      this.#add('folder', folder, { kind: 'createFolder', vaultId, parentId, name });
    });
    return folder;
  }

  renameFolder(folderId: string, name: string): void {
    this.#commitFolder(folderId, { name }, { kind: 'renameFolder', name });
  }

  moveFolder(folderId: string, parentId: string | null): void {
    this.#commitFolder(folderId, { parentId }, { kind: 'moveFolder', parentId });
  }

  folder(name: string): StoredFolder {
    const { mirror } = this.device;
    const all = mirror.vaults.all().flatMap(({ id }) => mirror.folders.ofVault(id));
    const found = all.find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no folder "${name}".`);
    return found;
  }

  /** Kinds and states of what waits, in order. */
  waiting(): string[] {
    return this.device.mirror.outbox
      .all()
      .map(({ change, state, problem }) =>
        [change.kind, state, problem?.code].filter((part) => part !== undefined).join(' '),
      );
  }

  #sealed(typed: Typed, key: RecordKey | null): RecordFields {
    const { password, customs, ...plain } = typed;
    const seal = (text: string): string =>
      key === null ? encodePlain(bytes(text)) : sealPassword(bytes(text), key);
    return {
      ...plain,
      ...(password === undefined ? {} : { passwordEncrypted: seal(password) }),
      ...(customs === undefined || key === null
        ? {}
        : {
            customs: customs.map(({ name, value }) =>
              sealCustomField({ name, value: bytes(value), type: 'text' }, key),
            ),
          }),
    };
  }

  #record(id: string): StoredRecord {
    const record = this.device.mirror.records.get(id);
    if (record === null) throw new Error(`There is no record ${id}.`);
    return record;
  }

  #commit(before: StoredRecord, after: StoredRecord, change: OutboxChange): StoredRecord {
    const { mirror } = this.device;
    mirror.durable(() => {
      if (mirror.bases.record(before.id) === undefined) mirror.bases.putRecord(before.id, before);
      mirror.records.upsertMany([after]);
      this.#add('record', after, change);
    });
    return after;
  }

  #commitFolder(folderId: string, to: Partial<StoredFolder>, change: OutboxChange): void {
    const { mirror } = this.device;
    const folder = mirror.folders.get(folderId);
    if (folder === null) throw new Error(`There is no folder ${folderId}.`);
    mirror.durable(() => {
      if (mirror.bases.folder(folderId) === undefined) mirror.bases.putFolder(folderId, folder);
      mirror.folders.upsert({ ...folder, ...to });
      this.#add('folder', folder, change);
    });
  }

  #add(
    object: 'record' | 'folder',
    { id, name }: { readonly id: string; readonly name: string },
    change: OutboxChange,
  ): void {
    this.device.mirror.outbox.add({ object, objectId: id, name, change, at: Date.now() });
  }
}
