/**
 * Import and export. Files are read and written by the main process; the page knows a file by
 * token, names and counts, and sees no secret of it: previews of tables are masked.
 */
import { z } from 'zod';
import { channel, idText, nothing, typedSecret } from './channel.ts';
import { place } from './editing.ts';

export const importFormat = z.enum([
  'csv',
  'kdbx',
  'keepassXml',
  'bitwarden',
  'onePux',
  'chromeCsv',
  'firefoxCsv',
  /** Other programs' guess of Passwork's own file, which is not published: best effort. */
  'passworkJson',
  /** This application's own readable export. */
  'strongroomJson',
]);
export type ImportFormat = z.infer<typeof importFormat>;

/** Why a file was refused; nothing was changed then. */
export const importReasons = [
  'unknownFormat',
  'damaged',
  'passwordNeeded',
  'wrongPassword',
  'kdfRefused', // its key derivation would cost more time or memory than is reasonable, or is unknown
  'tooLarge',
  'tooDeep',
  'archiveRefused', // packed beyond reason, or with paths that lead out of it
  'accountBound', // encrypted for one account of the other program only
  'mappingMissing', // a table whose columns nobody named
] as const;
export type ImportReason = (typeof importReasons)[number];

/** What a file held of a record that could not be taken over, or why the record was left out. */
export const importWarning = z.enum([
  'empty',
  'tooLong',
  'tooManyFields',
  'duplicate',
  'fileTooLarge',
  'fileMissing',
  'formerPasswordsLeft',
  'fieldLeft',
  'cannotUpdate', // the record found may not be changed, or does not open
  'badCode',
  'deletedThere',
  'archivedThere',
  'formerStatesLeft', // of earlier states only the passwords are taken
  'columnLeft',
  'folderNotesLeft',
]);
export type ImportWarning = z.infer<typeof importWarning>;

/** What a column of a table becomes. */
export const columnRole = z.enum([
  'ignore',
  'name',
  'login',
  'password',
  'url',
  'description',
  'tags',
  'folder',
  'favourite',
  'color',
  'totp',
  'customText',
  'customPassword',
]);
export type ColumnRole = z.infer<typeof columnRole>;

export const csvMapping = z.strictObject({
  /** The first row names the columns. */
  header: z.boolean(),
  columns: z.array(columnRole).max(512),
});
export type CsvMapping = z.infer<typeof csvMapping>;

const stagedImport = z.strictObject({
  token: idText,
  name: z.string(),
  size: z.number().int().nonnegative(),
  refusal: z.nullable(z.enum(['tooLarge', 'unreadable', 'notAFile'])),
});
export type StagedImport = z.infer<typeof stagedImport>;

export const csvPreview = z.strictObject({
  /** Names of the columns, from the first row. */
  names: z.array(z.string().max(200)),
  /** Sample cells with everything masked but the first characters of what is not secret. */
  rows: z.array(z.array(z.string().max(200))),
  total: z.number().int(),
  suggested: csvMapping,
});
export type CsvPreview = z.infer<typeof csvPreview>;

export const importOutline = z.strictObject({
  format: importFormat,
  records: z.number().int(),
  folders: z.number().int(),
  files: z.number().int(),
  /** For a table whose columns are to be named; counts are zero until they are. */
  table: z.nullable(csvPreview),
});
export type ImportOutline = z.infer<typeof importOutline>;

/** `update` writes over the fields of the record found; the rest stays. */
export const duplicateRule = z.enum(['skip', 'both', 'update']);
export type DuplicateRule = z.infer<typeof duplicateRule>;

export const importPlan = z.strictObject({
  token: idText,
  to: place,
  /** Name of a folder in `to` that takes everything; made if there is none. Null: straight into `to`. */
  intoFolder: z.nullable(z.string().trim().min(1).max(256)),
  duplicates: duplicateRule,
  /** Keeps former passwords of a record as protected fields of it. */
  formerPasswords: z.boolean(),
});
export type ImportPlan = z.infer<typeof importPlan>;

/** A record that will be or was left out, or lost something on the way. */
const importNote = z.strictObject({
  name: z.string(),
  /** Place in the file, from 1; 0 for what is no record. */
  at: z.number().int(),
  warning: importWarning,
});
export type ImportNote = z.infer<typeof importNote>;

export const importResult = z.strictObject({
  made: z.number().int(),
  updated: z.number().int(),
  skipped: z.number().int(),
  duplicates: z.number().int(),
  folders: z.number().int(),
  files: z.number().int(),
  /** The first few hundred. */
  notes: z.array(importNote),
  noteCount: z.number().int(),
});
export type ImportResult = z.infer<typeof importResult>;

export const exportFormat = z.enum(['kdbx', 'csv', 'json']);
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('vault'), vaultId: idText }),
  z.strictObject({ kind: z.literal('folder'), folderId: idText }),
  z.strictObject({ kind: z.literal('records'), recordIds: z.array(idText).min(1).max(10_000) }),
]);
export type ExportScope = z.infer<typeof exportScope>;

export const exchange = {
  /** The page gives the `File` of a drop; the preload turns it into a path. */
  stage: channel(
    z.strictObject({ paths: z.array(z.string().min(1).max(4096)).min(1).max(1) }),
    stagedImport,
    {
      maxSize: 8192,
      fromFiles: true,
    },
  ),
  /** Opens the system's file chooser; null when the person thought better of it. */
  choose: channel(nothing, z.strictObject({ file: z.nullable(stagedImport) })),
  /** A KeePass key file for a staged database; its name, or null. */
  chooseKeyFile: channel(z.strictObject({ token: idText }), z.strictObject({ name: z.nullable(z.string()) })),
  /** Opens and parses a staged file. `format` null: told from its contents. */
  read: channel(
    z.strictObject({
      token: idText,
      format: z.nullable(importFormat),
      password: z.nullable(typedSecret),
    }),
    importOutline,
  ),
  /** Names the columns of a table. */
  mapColumns: channel(z.strictObject({ token: idText, mapping: csvMapping }), importOutline, {
    maxSize: 16_384,
  }),
  /** What the import would do; writes nothing. */
  dryRun: channel(importPlan, importResult),
  /** Does it; progress comes as an event. Undone as one. */
  run: channel(importPlan, importResult),
  /** Stops reading or importing and forgets the file. What was imported by then stays and can be undone. */
  cancel: channel(z.strictObject({ token: idText }), nothing),
  /** Takes the last import back: what was changed since stays. */
  undo: channel(nothing, z.strictObject({ removed: z.number().int(), kept: z.number().int() })),
  /** Whether there is an import to undo, and of how many records. */
  undoable: channel(nothing, z.strictObject({ records: z.number().int() })),
  /**
   * Writes records to a file that the person picks. `password` protects a KDBX; the readable
   * formats ask for the account's own secret instead.
   */
  save: channel(
    z.strictObject({
      scope: exportScope,
      format: exportFormat,
      password: z.nullable(typedSecret),
      secret: z.nullable(typedSecret),
    }),
    z.strictObject({
      saved: z.boolean(),
      records: z.number().int(),
      files: z.number().int(),
      /** Fields that do not open and files that could not be had, and so are not in the export. */
      missing: z.number().int(),
      /** Which files; the first hundred. */
      missingFiles: z.array(z.strictObject({ record: z.string(), file: z.string() })).max(100),
    }),
    { maxSize: 900_000 },
  ),
};
