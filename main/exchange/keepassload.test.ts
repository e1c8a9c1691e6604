/** Databases that swell beyond reason once a right password has opened them. */
import kdbxweb from 'kdbxweb';
import { describe, expect, it } from 'vitest';
import { credentialsOf } from './keepass.ts';
import { provideArgon2 } from './keepasskdf.ts';
import { readImport } from './index.ts';
import type { ReadAnswer } from './index.ts';

const password = Buffer.from('correct horse', 'utf8');

/** A database of one entry with a long and dull note. */
async function database(version: 3 | 4, noteLength: number): Promise<Uint8Array<ArrayBuffer>> {
  provideArgon2();
  const made = kdbxweb.Kdbx.create(credentialsOf({ password, keyFile: null }), 'swelling');
  made.setVersion(version);
  if (version === 4) {
    const { kdfParameters } = made.header;
    const { UInt32, UInt64 } = kdbxweb.VarDictionary.ValueType;
    kdfParameters?.set('M', UInt64, new kdbxweb.Int64(1024 * 1024, 0));
    kdfParameters?.set('I', UInt64, new kdbxweb.Int64(1, 0));
    kdfParameters?.set('P', UInt32, 1);
  }
  const entry = made.createEntry(made.getDefaultGroup());
  entry.fields.set('Title', 'Mail');
  entry.fields.set('Notes', 'a'.repeat(noteLength));
  return new Uint8Array(await made.save());
}

function read(bytes: Uint8Array<ArrayBuffer>, key: Uint8Array = password): Promise<ReadAnswer> {
  return readImport({ bytes, format: null, password: key, keyFile: null });
}

describe.each([3, 4] as const)('a database of KDBX %i', (version) => {
  it('is read when it grows within reason', async () => {
    const answer = await read(await database(version, 100_000));
    const [record] = answer.kind === 'tree' ? answer.tree.records : [];
    expect(record).toMatchObject({ name: 'Mail', description: 'a'.repeat(100_000) });
  });

  it('is refused when it swells, whoever knows the password', async () => {
    const bytes = await database(version, 20_000_000);
    expect(bytes.length).toBeLessThan(100_000);
    await expect(read(bytes)).rejects.toMatchObject({ params: { reason: 'tooLarge' } });
  });

  it('still says that a password is wrong', async () => {
    const wrong = read(await database(version, 10), Buffer.from('wrong', 'utf8'));
    await expect(wrong).rejects.toMatchObject({ params: { reason: 'wrongPassword' } });
  });
});
