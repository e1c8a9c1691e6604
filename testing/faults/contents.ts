/** What a device holds, opened: for comparing devices row by row, and for finding values again. */
import { hash } from 'node:crypto';
import {
  decodeAttachment,
  decodePlain,
  decodePlainAttachment,
  decodePlainCustomField,
  openCustomField,
  openPassword,
} from '../../main/keychain/index.ts';
import type { RecordKey } from '../../main/keychain/index.ts';
import type { StoredConflict } from '../../main/mirror/outboxmodel.ts';
import type { StoredAttachment, StoredCustomField, StoredRecord } from '../../main/mirror/model.ts';
import type { Accounts } from '../../main/vaults/index.ts';
import { announcedFeatures } from '../../main/sync/index.ts';

export type OpenAccount = ReturnType<Accounts['current']>;

/** A record with everything readable. */
export interface OpenedRecord {
  readonly stored: StoredRecord;
  readonly password: string | null;
  readonly customs: readonly { readonly label: string; readonly value: string; readonly type: string }[];
}

const openText = (wire: string | null, key: RecordKey | null): string | null => {
  if (wire === null || wire === '') return null;
  const bytes = key === null ? decodePlain(wire) : openPassword(wire, key);
  return bytes?.toString('utf8') ?? null;
};

const openCustom = (field: StoredCustomField, key: RecordKey | null): OpenedRecord['customs'][number] => {
  const { name, value, type } = key === null ? decodePlainCustomField(field) : openCustomField(field, key);
  return { label: name, value: value.toString('utf8'), type };
};

export function openRecord(account: OpenAccount, stored: StoredRecord): OpenedRecord {
  return account.secrets.withRecordKey(stored, (key) => ({
    stored,
    password: openText(stored.passwordEncrypted, key),
    customs: stored.customs.map((field) => openCustom(field, key)),
  }));
}

/** Every text of a record, its files' names included. */
export function textsOf({ stored, password, customs }: OpenedRecord): string[] {
  const { name, login, urls, description, tags, attachments } = stored;
  return [
    ...[name, login, ...urls, description, ...tags, password ?? ''],
    ...customs.flatMap(({ label, value }) => [label, value]),
    ...attachments.map((file) => file.name),
  ];
}

export function allRecords(account: OpenAccount): StoredRecord[] {
  return [...account.mirror.records.batches(500)].flat();
}

/** Everything in the bin, what lies under folders there included. */
export function allBinned(account: OpenAccount): ReturnType<OpenAccount['mirror']['bin']['ofVault']> {
  return account.mirror.vaults.all().flatMap(({ id }) => account.mirror.bin.ofVault(id));
}

/** The readable sides of a conflict that are this device's own. */
export function mineOf(
  account: OpenAccount,
  conflict: StoredConflict,
  onlyKeys?: ReadonlySet<string>,
): string[] {
  const record = account.mirror.records.get(conflict.recordId);
  const fields = conflict.fields.filter(({ key }) => onlyKeys === undefined || onlyKeys.has(key));
  return fields.flatMap((field): string[] => {
    const mine = field.sides.mine;
    if (mine === undefined || mine === null || field.kind === 'color' || field.kind === 'place') return [];
    if (field.kind !== 'password' && field.kind !== 'custom') return [mine].flat() as string[];
    if (record === null) return [];
    return account.secrets.withRecordKey(record, (key) => {
      if (typeof mine === 'string') return [openText(mine, key) ?? ''];
      const opened = openCustom(mine as StoredCustomField, key);
      return [opened.label, opened.value];
    });
  });
}

/** The contents of an attached file, or null where they do not lie on this device. */
export async function fileBytes(
  account: OpenAccount,
  record: StoredRecord,
  file: StoredAttachment,
): Promise<Buffer | null> {
  if (file.localFile === null) return null;
  const wire = { ...(await account.files.read(file.localFile)), encryptedKey: file.encryptedKey };
  return account.secrets.withRecordKey(record, (key) =>
    key === null ? decodePlainAttachment(wire) : decodeAttachment(wire, key),
  );
}

/** Contents of the files of some records that the server does not have yet. */
export async function unsentFileTexts(
  account: OpenAccount,
  records: readonly StoredRecord[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const record of records) {
    for (const file of record.attachments.filter(({ serverId }) => serverId === null)) {
      texts.push((await fileBytes(account, record, file))?.toString('latin1') ?? '');
    }
  }
  return texts;
}

/**
 * What a device has told its person: a folder that went with a name typed here is named there, since
 * nobody keeps the history of names of folders.
 */
export function toldTexts(account: OpenAccount): string[] {
  return account.mirror.notices.all().map(({ subject }) => subject);
}

/** Every text that a device would show or send: its rows, its bin, its conflicts, files not sent yet. */
export async function heldTexts(account: OpenAccount): Promise<string[]> {
  const { mirror } = account;
  const binned = allBinned(account);
  const records = [...allRecords(account), ...binned.flatMap(({ record }) => record ?? [])];
  const texts = records.flatMap((record) => textsOf(openRecord(account, record)));
  texts.push(...mirror.conflicts.all().flatMap((conflict) => mineOf(account, conflict)));
  for (const { id } of mirror.vaults.all()) texts.push(...mirror.folders.ofVault(id).map(({ name }) => name));
  texts.push(...binned.map(({ name }) => name));
  for (const { change } of mirror.outbox.all()) if (change.kind === 'renameFolder') texts.push(change.name);
  texts.push(...toldTexts(account), ...(await unsentFileTexts(account, records)));
  return texts;
}

/** What `commonContent` compares; `bin` is null where the server has none that it lists. */
export interface CommonContent {
  readonly vaults: readonly string[];
  readonly folders: readonly string[];
  readonly records: readonly unknown[];
  readonly bin: readonly string[] | null;
}

/**
 * Everything that two settled devices of one person must have in common, by the server's ids.
 * `vaultId` narrows it to one vault, and to what is not personal.
 */
export async function commonContent(account: OpenAccount, vaultId?: string): Promise<CommonContent> {
  const { mirror } = account;
  const vaults = mirror.vaults.all().filter(({ id }) => vaultId === undefined || id === vaultId);
  const ids = new Set(vaults.map(({ id }) => id));
  const folderOf = (id: string | null): string | null => {
    if (id === null) return null;
    const folder = mirror.folders.get(id);
    return folder === null ? `no folder ${id}` : folder.serverId;
  };
  const records = allRecords(account).filter(
    (record) => vaultId === undefined || ids.has(record.vaultId ?? ''),
  );
  const rows = await Promise.all(
    records.map(async (record) => ({
      ...{ serverId: record.serverId, kind: record.kind, vault: record.vaultId },
      ...{ folder: folderOf(record.folderId), name: record.name, login: record.login, urls: record.urls },
      ...{ description: record.description, tags: record.tags, color: record.color },
      ...{ favourite: vaultId === undefined && record.favourite, flagged: record.flagged },
      ...{ password: openRecord(account, record).password, customs: openRecord(account, record).customs },
      files: await filesOf(account, record),
    })),
  );
  return {
    vaults: vaults.map(({ serverId, name }) => `${serverId} ${name}`).sort(),
    folders: vaults
      .flatMap(({ id }) => mirror.folders.ofVault(id))
      .map(({ serverId, parentId, name }) => `${serverId} in ${String(folderOf(parentId))}: ${name}`)
      .sort(),
    records: rows.sort((a, b) => (a.serverId < b.serverId ? -1 : 1)),
    bin: binnedIds(account, ids),
  };
}

/** Where the server has a bin that it lists; otherwise each device knows only what it deleted itself. */
function binnedIds(account: OpenAccount, vaultIds: ReadonlySet<string>): string[] | null {
  if (!announcedFeatures(account.mirror).has('bin')) return null;
  // What the server has an entry of its own for; a folder's content is under the folder's.
  const entries = allBinned(account).filter(
    ({ vaultId, under, binItemId }) => vaultIds.has(vaultId) && under === null && binItemId !== null,
  );
  return entries
    .map(({ kind, record, folder }) => `${kind} ${(record ?? folder)?.serverId ?? ''}`)
    .filter((entry) => !entry.endsWith(' '))
    .sort();
}

async function filesOf(account: OpenAccount, record: StoredRecord): Promise<string[]> {
  const files = record.attachments.map(async (file) => {
    const bytes = await fileBytes(account, record, file);
    const digest = bytes === null ? 'not here' : hash('sha256', bytes);
    return `${String(file.serverId)} ${file.name} ${digest}`;
  });
  return (await Promise.all(files)).sort();
}
