/**
 * Writing records to a file of another program. Secrets are opened one record at a time and go to
 * the thread that writes the file; nothing of them crosses to the page. Files that are not on this
 * device are fetched for it; what cannot be had is named and left out.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportFormat, ExportScope } from '../../../contract/exchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { asDiskFault } from '../../custody/index.ts';
import { importedRecord } from '../../exchange/index.ts';
import type { ImportedCustom, ImportedRecord } from '../../exchange/index.ts';
import { ifItOpens, wipe } from '../../keychain/index.ts';
import type { RecordKey, WireAttachment } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { breathe } from '../../sync/pace.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { copyableFor, vaultFor } from '../editing/rights.ts';
import { contentsOf } from '../files/contents.ts';
import { openPasswordWith } from '../reading/recordsecrets.ts';
import { movable } from './exchangethread.ts';
import type { ExchangeThread } from './exchangethread.ts';

export interface ExportParts {
  readonly account: OpenAccount;
  readonly thread: ExchangeThread;
  readonly scope: ExportScope;
  readonly format: ExportFormat;
  /** UTF-8; the caller wipes it. */
  readonly password: Uint8Array | null;
  readonly target: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface ExportCounts {
  readonly records: number;
  readonly files: number;
  readonly missing: number;
  /** Files that could not be had; the first hundred. */
  readonly missingFiles: MissingFile[];
}

interface MissingFile {
  readonly record: string;
  readonly file: string;
}

export const nothingExported: ExportCounts = { records: 0, files: 0, missing: 0, missingFiles: [] };

const mostNamed = 100;

/** The file appears when it is complete, for this user only. Throws `forbidden`, `cancelled`, disk codes. */
export async function exportRecords(parts: ExportParts): Promise<ExportCounts> {
  const { account, thread, format, target, signal, onProgress } = parts;
  const ids = idsOf(account, parts.scope);
  let files = 0;
  let missing = 0;
  const missingFiles: MissingFile[] = [];
  for (const [at, id] of ids.entries()) {
    await breathe(signal);
    if (account.closed) throw new StrongroomError('cancelled');
    const record = exportableFor(account, id);
    const { wires, lost } = format === 'kdbx' ? await filesOf(parts, record) : noFiles;
    const taken = await collect(thread, account, record, wires);
    files += wires.length;
    missing += taken.missing + lost.length;
    missingFiles.push(...lost.map((file) => ({ record: record.name, file })));
    if (at % 100 === 0 || record.attachments.length > 0) onProgress(at, ids.length);
  }
  const part = join(dirname(target), `.strongroom-${randomBytes(6).toString('hex')}.part`);
  try {
    await thread.ask({
      kind: 'write',
      path: part,
      format,
      password: movable(parts.password),
      name: 'Strongroom',
    });
    await rename(part, target);
  } catch (error) {
    // What went wrong first is what a person must hear, not that the remains could not be removed.
    await rm(part, { force: true }).catch(() => undefined);
    throw asDiskFault(error);
  }
  return { records: ids.length, files, missing, missingFiles: missingFiles.slice(0, mostNamed) };
}

/** Records only: a shortcut's record is exported where it lies. Throws `noSuchVault`, `noSuchFolder`. */
export function idsOf({ mirror }: OpenAccount, scope: ExportScope): readonly string[] {
  if (scope.kind === 'records') return scope.recordIds;
  if (scope.kind === 'vault' && mirror.vaults.get(scope.vaultId) === null)
    throw new StrongroomError('noSuchVault');
  if (scope.kind === 'folder' && mirror.folders.get(scope.folderId) === null)
    throw new StrongroomError('noSuchFolder');
  const ids = mirror.records.ids(scope, { by: 'name', descending: false });
  return ids.filter((id) => mirror.records.get(id)?.kind === 'record');
}

/**
 * What may be taken out: of vaults whose rights say so (`directory:export`), and whatever was sent
 * to this user. Throws as `copyableFor`.
 */
function exportableFor(account: OpenAccount, recordId: string): StoredRecord {
  const record = copyableFor(account, recordId);
  if (record.kind !== 'inbox') vaultFor(account, record.vaultId ?? '', 'directory:export');
  return record;
}

type NamedWire = { readonly name: string; readonly wire: WireAttachment };

interface GatheredFiles {
  readonly wires: readonly NamedWire[];
  /** Names of those that could not be had. */
  readonly lost: readonly string[];
}

const noFiles: GatheredFiles = { wires: [], lost: [] };

/** Files of a record, from this device or from the server. Throws `cancelled`. */
async function filesOf({ account, signal }: ExportParts, record: StoredRecord): Promise<GatheredFiles> {
  const wires: NamedWire[] = [];
  const lost: string[] = [];
  for (const attachment of record.attachments) {
    const wire = await wireOf(account, record, attachment, signal);
    if (wire === null) lost.push(attachment.name);
    else wires.push({ name: attachment.name, wire });
  }
  return { wires, lost };
}

/** Null for what cannot be had: no contact, gone from the server, or in parts and so too large for an export. */
async function wireOf(
  account: OpenAccount,
  record: StoredRecord,
  attachment: StoredAttachment,
  signal: AbortSignal,
): Promise<WireAttachment | null> {
  const { localFile } = attachment;
  if (localFile !== null && (await account.files.parts(localFile)) !== null) return null;
  try {
    return await contentsOf(account, record, attachment, signal);
  } catch (error) {
    if (account.closed || signal.aborted) throw new StrongroomError('cancelled', {}, { cause: error });
    if (error instanceof StrongroomError) return null;
    throw error;
  }
}

async function collect(
  thread: ExchangeThread,
  account: OpenAccount,
  stored: StoredRecord,
  files: readonly NamedWire[],
): Promise<{ missing: number }> {
  const key = account.secrets.takeRecordKey(stored);
  try {
    const { record, broken } = openedRecord(account, stored, key);
    const { missing } = await thread.ask({ kind: 'collect', record, files, recordKey: movable(key) });
    return { missing: missing + broken };
  } finally {
    if (key) wipe(key);
  }
}

function openedRecord(
  account: OpenAccount,
  stored: StoredRecord,
  key: RecordKey | null,
): { record: ImportedRecord; broken: number } {
  const opened = account.secrets.openCustoms(stored, key);
  const password = openedPassword(stored, key);
  const { name, login, urls, description, tags, color, favourite, folderId } = stored;
  const record = importedRecord({
    ...{ name, login, urls, description, tags, color, favourite },
    path: folderId === null ? [] : account.mirror.folders.path(folderId).map((folder) => folder.name),
    password: password ?? '',
    customs: opened.flatMap((field): ImportedCustom[] => {
      if (field === null) return [];
      const value = field.value.toString('utf8');
      wipe(field.value);
      return [{ label: field.name, type: typeOf(field.type), value }];
    }),
  });
  const lost = opened.filter((field) => field === null).length;
  return { record, broken: lost + (password === null ? 1 : 0) };
}

/** Null for a password that does not open. */
function openedPassword(stored: StoredRecord, key: RecordKey | null): string | null {
  return ifItOpens(() => {
    const bytes = openPasswordWith(stored.passwordEncrypted, key);
    if (bytes === null) return '';
    const text = bytes.toString('utf8');
    wipe(bytes);
    return text;
  });
}

function typeOf(type: string): ImportedCustom['type'] {
  return type === 'text' || type === 'totp' ? type : 'password';
}
