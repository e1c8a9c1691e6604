import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  decodeBase32xStrict,
  decodeBase64Strict,
  encodeBase32x,
  generateRecordKey,
  generateVaultKey,
  KeychainError,
  openEnvelope,
  openEnvelopeText,
  sealCustoms,
  sealEnvelope,
  sealRecordKey,
  type RecordKey,
} from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import {
  hasUnsealedValue,
  judgeChange,
  manifestOf,
  type ManifestVerdict,
  type SealedParts,
} from './manifest.ts';

type Custom = StoredRecord['customs'][number];
type File = StoredRecord['attachments'][number];

const manifestKey = createSecretKey(randomBytes(32));
const recordKey = generateRecordKey();
const vaultKey = generateVaultKey();
const seal = (text: string): string => sealEnvelope(Buffer.from(text), recordKey);

function sealedRecord(): SealedParts {
  const customs = sealCustoms(
    [
      { name: 'code', value: Buffer.from('JBSWY3DPEHPK3PXP'), type: 'totp' },
      { name: 'pin', value: Buffer.from('1234'), type: 'password' },
      { name: 'note', value: Buffer.from('hello'), type: 'text' },
    ],
    recordKey,
  );
  const attachment = (id: string) => ({
    id,
    name: `${id}.txt`,
    serverId: id,
    encryptedKey: seal('k'.repeat(100)),
    hash: null,
    size: null,
    localFile: null,
  });
  return {
    keyWrap: 'vault',
    keyWrapped: sealRecordKey(recordKey, vaultKey),
    passwordEncrypted: seal('correct horse'),
    customs,
    attachments: [attachment('a1'), attachment('a2')],
  };
}

function judge(before: SealedParts, after: SealedParts): ManifestVerdict {
  return judgeChange(manifestOf(before, manifestKey), manifestOf(after, manifestKey), after);
}

const before = sealedRecord();
const [totp, pin, note] = before.customs as [Custom, Custom, Custom];
const [first, second] = before.attachments as [File, File];

describe('honest edits', () => {
  it.each<[string, SealedParts]>([
    ['nothing', before],
    ['a new password', { ...before, passwordEncrypted: seal('correct horse') }],
    ['a cleared password', { ...before, passwordEncrypted: null }],
    ['a new value of a custom field', { ...before, customs: [totp, { ...pin, value: seal('4321') }, note] }],
    ['a deleted custom field, the others moving up', { ...before, customs: [pin, note] }],
    [
      'one custom field deleted and the next one given a new value',
      { ...before, customs: [{ ...pin, value: seal('9') }, note] },
    ],
    ['reordered custom fields', { ...before, customs: [note, totp, pin] }],
    [
      'a custom field put in front',
      { ...before, customs: [{ name: seal('n'), value: seal('v'), type: seal('text') }, ...before.customs] },
    ],
    ['a removed attachment', { ...before, attachments: [second] }],
    ['a record key wrapped anew', { ...before, keyWrapped: sealRecordKey(recordKey, generateVaultKey()) }],
    ['everything sealed anew', sealedRecord()],
  ])('%s is accepted', (_what, after) => {
    expect(judge(before, after)).toBe('accepted');
  });

  it('accepts anything for a record that was never seen', () => {
    expect(judgeChange([], manifestOf(before, manifestKey), before)).toBe('accepted');
  });
});

describe('D3 row 10: a ciphertext in another field', () => {
  it.each<[string, SealedParts]>([
    ['the TOTP secret as the password', { ...before, passwordEncrypted: totp.value }],
    [
      'password and custom value swapped',
      {
        ...before,
        passwordEncrypted: pin.value,
        customs: [totp, { ...pin, value: before.passwordEncrypted ?? '' }, note],
      },
    ],
    [
      'two custom values swapped',
      { ...before, customs: [{ ...totp, value: pin.value }, { ...pin, value: totp.value }, note] },
    ],
    [
      'a custom type taken from another field',
      { ...before, customs: [{ ...totp, type: note.type }, pin, note] },
    ],
    [
      'a secret copied into a new field',
      {
        ...before,
        customs: [
          totp,
          pin,
          note,
          { name: seal('x'), value: before.passwordEncrypted ?? '', type: note.type },
        ],
      },
    ],
    [
      'a custom value under a new name and type',
      {
        ...before,
        customs: [totp, pin, note, { name: seal('guest'), value: pin.value, type: seal('text') }],
      },
    ],
    [
      'the name of one custom field with the type of another',
      { ...before, customs: [{ name: note.name, value: seal('new'), type: totp.type }, pin] },
    ],
    [
      'attachment keys swapped',
      {
        ...before,
        attachments: [
          { ...first, encryptedKey: second.encryptedKey },
          { ...second, encryptedKey: first.encryptedKey },
        ],
      },
    ],
    ['the record key as the password', { ...before, passwordEncrypted: before.keyWrapped }],
  ])('%s is refused', (_what, after) => {
    expect(judge(before, after)).toBe('moved');
  });
});

describe('D3 row 3: a value that is no ciphertext any more', () => {
  const plain = Buffer.from('correct horse').toString('base64');
  it.each<[string, SealedParts]>([
    ['a plain password', { ...before, passwordEncrypted: plain }],
    ['a plain custom value', { ...before, customs: [{ ...totp, value: plain }, pin, note] }],
    [
      'a plain field that was not there before',
      { ...before, customs: [...before.customs, { name: plain, value: plain, type: plain }] },
    ],
    ['a plain attachment key', { ...before, attachments: [{ ...first, encryptedKey: plain }, second] }],
    ['a record key that is gone', { ...before, keyWrapped: null }],
    [
      'everything plain',
      { keyWrap: 'vault', keyWrapped: null, passwordEncrypted: plain, customs: [], attachments: [] },
    ],
  ])('%s is noticed', (_what, after) => {
    expect(judge(before, after)).toBe('unsealed');
  });

  it('an inbox entry may carry its key by RSA, and nothing else', () => {
    const entry: SealedParts = { ...before, keyWrap: 'rsa', keyWrapped: randomBytes(256).toString('base64') };
    expect(hasUnsealedValue(entry, manifestOf(entry, manifestKey))).toBe(false);
    const open = { ...entry, passwordEncrypted: plain };
    expect(hasUnsealedValue(open, manifestOf(open, manifestKey))).toBe(true);
  });
});

describe('D3 row 12: altered ciphertext', () => {
  it.each([1, 5, 40, 71])('is refused when %i characters are missing', (count) => {
    const long = { ...before, passwordEncrypted: seal('x'.repeat(300)) };
    const after = { ...long, passwordEncrypted: long.passwordEncrypted.slice(0, -count) };
    expect(judge(long, after)).toBe('altered');
  });

  it('is flagged by the manifest whenever a random one-bit change survives strict decryption', () => {
    const texts = ['hunter2', 'пароль', 'x'.repeat(64), 'admin=0;role=user;note=' + 'y'.repeat(90)];
    const survivors = { padding: 0, strict: 0, unflagged: 0 };
    for (let round = 0; round < 20_000; round += 1) {
      const wire = sealEnvelope(Buffer.from(texts[round % texts.length] ?? ''), recordKey);
      const { altered, inSalt } = flipOneBit(wire);
      const flagged = judge(withPassword(wire), withPassword(altered)) === 'altered';
      if (opens(openEnvelope, altered)) survivors.padding += 1;
      const survived = opens(openEnvelopeText, altered);
      if (survived) survivors.strict += 1;
      if (!flagged && (survived || !inSalt)) survivors.unflagged += 1;
    }
    // Padding alone lets thousands through; the strict text check nearly none; the manifest none.
    expect(survivors.padding).toBeGreaterThan(1000);
    expect(survivors.strict).toBeLessThan(100);
    expect(survivors.unflagged).toBe(0);
  });
});

function withPassword(passwordEncrypted: string): SealedParts {
  return { keyWrap: 'vault', keyWrapped: before.keyWrapped, passwordEncrypted, customs: [], attachments: [] };
}

/** Flips one random bit of salt or ciphertext and spells the envelope properly again. */
function flipOneBit(wire: string): { altered: string; inSalt: boolean } {
  const blob = decodeBase64Strict(decodeBase32xStrict(wire).toString('latin1'));
  const bit = randomBytes(4).readUInt32LE() % ((blob.length - 8) * 8);
  const at = 8 + (bit >> 3);
  blob[at] = (blob[at] ?? 0) ^ (1 << (bit & 7));
  const altered = encodeBase32x(Buffer.from(blob.toString('base64'), 'latin1'));
  return { altered, inSalt: at < 16 };
}

function opens(open: (wire: string, key: RecordKey) => Buffer, wire: string): boolean {
  try {
    open(wire, recordKey);
    return true;
  } catch (failure) {
    if (failure instanceof KeychainError && failure.code === 'undecipherable') return false;
    throw failure;
  }
}
