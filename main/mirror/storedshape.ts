/**
 * The shapes in which whole rows, changes and conflicts are kept as JSON: written and read by
 * the outbox, the bases, the conflicts and the bin.
 *
 * The checks go as deep as decides what the program does with a value, no deeper: the pages are
 * authenticated, so only an older or newer version of this application could differ.
 */
import { isErrorCode, type ErrorCode, type ErrorParams } from '../../contract/errors.ts';
import { hasMembers, isText, listOf, valueOf } from './jsoncolumn.ts';
import type { StoredFolder, StoredRecord } from './model.ts';
import type { ConflictedField, OutboxChange } from './outboxmodel.ts';

type Check = (member: unknown) => boolean;

const isTextOrNull: Check = (value) => value === null || isText(value);
const isNumber: Check = (value) => typeof value === 'number';
const isFlag: Check = (value) => typeof value === 'boolean';
const isList: Check = (value) => Array.isArray(value);
const isThing: Check = (value) => hasMembers(value, {});
const isPlace: Check = (value) => hasMembers(value, { vaultId: isText, folderId: isTextOrNull });

const recordMembers = {
  id: isText,
  serverId: isText,
  kind: isText,
  vaultId: isTextOrNull,
  folderId: isTextOrNull,
  itemServerId: isText,
  name: isText,
  login: isText,
  urls: isList,
  description: isText,
  tags: isList,
  color: isNumber,
  favourite: isFlag,
  keyWrap: isText,
  keyWrapped: isTextOrNull,
  passwordEncrypted: isTextOrNull,
  customs: isList,
  attachments: isList,
  contentHash: isText,
};

const folderMembers = {
  id: isText,
  serverId: isText,
  vaultId: isText,
  parentId: isTextOrNull,
  name: isText,
  color: isNumber,
  contentHash: isText,
};

const changeMembers: Readonly<Record<OutboxChange['kind'], Readonly<Record<string, Check>>>> = {
  create: { place: isPlace, keyWrapped: isTextOrNull, fields: isThing },
  edit: { fields: isThing },
  move: { place: isPlace, keyWrapped: isTextOrNull },
  remove: {},
  restore: {},
  favourite: { favourite: isFlag },
  attach: { attachmentId: isText },
  detach: { attachmentId: isText, serverId: isTextOrNull },
  renameFile: { attachmentId: isText, name: isText },
  createFolder: { vaultId: isText, parentId: isTextOrNull, name: isText },
  renameFolder: { name: isText },
  moveFolder: { parentId: isTextOrNull },
  removeFolder: {},
  restoreFolder: {},
};

const fieldKinds = ['name', 'login', 'description', 'urls', 'tags', 'color', 'password', 'custom', 'place'];

/** A whole record; members that are undefined are not kept, and no row has such. */
export function recordIn(column: string): StoredRecord {
  return valueOf(column, (value): value is StoredRecord => hasMembers(value, recordMembers));
}

export function folderIn(column: string): StoredFolder {
  return valueOf(column, (value): value is StoredFolder => hasMembers(value, folderMembers));
}

export function changeIn(column: string): OutboxChange {
  return valueOf(column, (value): value is OutboxChange => {
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
    const members = Object.entries(changeMembers).find(([name]) => name === kind)?.[1];
    return members !== undefined && hasMembers(value, members);
  });
}

export function problemIn(
  code: string | null,
  params: string | null,
): { readonly code: ErrorCode; readonly params: ErrorParams } | null {
  if (code === null) return null;
  const isParam: Check = (value) => isText(value) || isNumber(value);
  return {
    // A code of another version still means that something is wrong.
    code: isErrorCode(code) ? code : 'internal',
    params: valueOf(
      params ?? '{}',
      (value): value is ErrorParams => isThing(value) && Object.values(value as object).every(isParam),
    ),
  };
}

/** A side that does not exist is left out of the JSON; one that is null (no password) stays null. */
export function conflictedFieldsIn(column: string): ConflictedField[] {
  const isKind: Check = (value) => isText(value) && fieldKinds.includes(value);
  const members = { key: isText, kind: isKind, sides: isThing };
  return listOf(column, (value): value is ConflictedField => hasMembers(value, members));
}
