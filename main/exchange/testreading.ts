/** For the suites of this room: a record with everything in it, and reading whatever comes. */
import type { ImportFormat, ImportReason } from '../../contract/exchange.ts';
import { importedRecord, readImport, readMapped } from './index.ts';
import type { ImportedTree } from './index.ts';

export const password = Buffer.from('correct horse', 'utf8');
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));

/** The tree in a file; a table is read as it was suggested. */
export async function read(
  bytes: Uint8Array<ArrayBuffer>,
  key: Uint8Array | null = null,
  format: ImportFormat | null = null,
): Promise<ImportedTree> {
  const answer = await readImport({ bytes, format, password: key, keyFile: null });
  return answer.kind === 'tree' ? answer.tree : readMapped(answer.table, answer.preview.suggested);
}

export function refusal(reason: ImportReason): object {
  return { code: 'importRefused', params: { reason } };
}

export const full = importedRecord({
  path: ['Работа', 'Web / мост'],
  name: 'Mail "main"',
  login: 'olga',
  password: 'pä$$;\n"word"',
  urls: ['https://mail.example', 'https://two.example'],
  description: 'line\nline, two',
  tags: ['one', 'два'],
  color: 5,
  favourite: true,
  customs: [
    { label: 'PIN', type: 'password', value: '0000' },
    { label: 'Title', type: 'text', value: 'not the title' },
    { label: 'Code', type: 'totp', value: 'JBSWY3DPEHPK3PXP' },
    { label: 'PIN', type: 'text', value: 'again' },
  ],
});
