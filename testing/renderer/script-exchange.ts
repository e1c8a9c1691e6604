/** The scripted import and export: a table of two rows, and an import that leaves one of them out. */
import type { ImportOutline, ImportResult } from '../../contract/exchange.ts';
import type { Handlers } from './scripted.ts';

const staged = { token: 'import-1', name: 'passwords.csv', size: 1234, refusal: null };

const outline: ImportOutline = {
  format: 'csv',
  records: 0,
  folders: 0,
  files: 0,
  table: {
    names: ['name', 'username', 'password', 'Room'],
    rows: [
      ['Gat…', 'adm…', '••••••', '••••••'],
      ['Swi…', 'adm…', '••••••', ''],
    ],
    total: 2,
    suggested: { header: true, columns: ['name', 'login', 'password', 'customText'] },
  },
};

const result: ImportResult = {
  made: 1,
  updated: 0,
  skipped: 1,
  duplicates: 1,
  folders: 1,
  files: 0,
  notes: [{ name: 'Switch', at: 2, warning: 'duplicate' }],
  noteCount: 1,
};

export function scriptExchange(): Pick<Handlers, 'exchange'> {
  return {
    exchange: {
      stage: () => staged,
      choose: () => ({ file: staged }),
      chooseKeyFile: () => ({ name: 'office.keyx' }),
      read: () => outline,
      mapColumns: () => ({ ...outline, records: 2, folders: 1, table: null }),
      dryRun: () => result,
      run: () => result,
      cancel: () => ({}),
      undo: () => ({ removed: 1, kept: 0 }),
      undoable: () => ({ records: 1 }),
      save: () => ({ saved: true, records: 12, files: 0, missing: 0, missingFiles: [] }),
    },
  };
}
