/**
 * Known values: outputs of the official connector's own functions, group by group. The last test
 * fails when the file has a group that nothing here looked at.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as keychain from './index.ts';

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const hex = (value: string): Buffer => Buffer.from(value, 'hex');
const file: unknown = JSON.parse(
  readFileSync(new URL('./vectors/passwork-v7.json', import.meta.url), 'utf8'),
);
const groups = z.record(z.string(), z.unknown()).parse(file);
const used = new Set<string>(['meta']);

function group<Shape extends z.ZodType>(name: string, shape: Shape): z.infer<Shape> {
  used.add(name);
  return shape.parse(groups[name]);
}

const pair = z.object({ input: z.string(), output: z.string() });
const customs = z.array(z.looseObject({ name: z.string(), value: z.string(), type: z.string() }));
const wireAttachment = z.object({ encryptedKey: z.string(), encryptedData: z.string(), hash: z.string() });

describe('text codecs', () => {
  it.each(group('base32_encode', z.array(pair)))('base32x of $input', ({ input, output }) => {
    expect(keychain.encodeBase32x(text(input))).toBe(output);
    expect(keychain.decodeBase32xStrict(output).toString()).toBe(input);
  });

  it.each(group('base32_decode', z.array(pair)))('tolerant reading of $input', ({ input, output }) => {
    expect(keychain.decodeBase32xTolerant(input).toString()).toBe(output);
  });

  const plain = group('aes_encrypt_no_cse', z.array(z.object({ message: z.string(), output: z.string() })));
  it.each(plain)('plain field $output', ({ message, output }) => {
    expect(keychain.encodePlain(text(message))).toBe(output);
    expect(keychain.decodePlain(output).toString()).toBe(message);
  });
});

describe('envelope', () => {
  const derivations = group(
    'evp_bytes_to_key',
    z.array(
      z.object({ passphrase: z.string(), salt_hex: z.string(), key_hex: z.string(), iv_hex: z.string() }),
    ),
  );
  it.each(derivations)('EVP_BytesToKey with salt $salt_hex', (row) => {
    const { key, iv } = keychain.evpBytesToKey(text(row.passphrase), hex(row.salt_hex));
    expect([key.toString('hex'), iv.toString('hex')]).toEqual([row.key_hex, row.iv_hex]);
  });

  const sealed = z.object({
    name: z.string(),
    passphrase: z.string(),
    salt_hex: z.string(),
    output: z.string(),
  });
  it.each(group('aes_encrypt', z.array(sealed.extend({ message: z.string() }))))('$name', (row) => {
    const key = text(row.passphrase);
    expect(keychain.sealEnvelope(text(row.message), key, hex(row.salt_hex))).toBe(row.output);
    expect(keychain.openEnvelopeText(row.output, key).toString()).toBe(row.message);
    expect(keychain.isEnvelope(row.output)).toBe(true);
    expect(keychain.envelopeSalt(row.output)).toBe(row.salt_hex);
    expect(keychain.envelopeLength(text(row.message).length)).toBe(row.output.length);
  });

  it.each(group('aes_encrypt_bytes', z.array(sealed.extend({ message_hex: z.string() }))))(
    'bytes: $name',
    (row) => {
      const key = text(row.passphrase);
      const salt = hex(row.salt_hex);
      const message = hex(row.message_hex);
      expect(keychain.sealEnvelope(message, key, salt)).toBe(row.output);
      expect(keychain.sealEnvelopePieces([message], message.length, key, salt)).toBe(row.output);
      expect(keychain.openEnvelope(row.output, key).toString('hex')).toBe(row.message_hex);
      const pieces = [...keychain.openEnvelopePieces(row.output, key)];
      expect(Buffer.concat(pieces).toString('hex')).toBe(row.message_hex);
    },
  );

  const broken = group(
    'aes_decrypt_errors',
    z.array(z.object({ what: z.string(), input: z.string(), passphrase: z.string() })),
  );
  it.each(broken)('$what is refused', ({ input, passphrase }) => {
    expect(() => keychain.openEnvelope(input, text(passphrase))).toThrow(
      expect.objectContaining({ code: 'undecipherable' }),
    );
  });
});

describe('keys', () => {
  const masterKeys = group(
    'master_key',
    z.array(
      z.object({
        password: z.string(),
        masterKeyOptions: z.string(),
        masterKey: z.string(),
        masterKeyHash: z.string(),
      }),
    ),
  );
  it.each(masterKeys)('master key from $masterKeyOptions', async (row) => {
    const options = keychain.parseMasterKeyOptions(row.masterKeyOptions);
    const masterKey = await keychain.deriveMasterKey(text(row.password), options);
    expect(masterKey.toString()).toBe(row.masterKey);
    expect(keychain.masterKeyHash(masterKey)).toBe(row.masterKeyHash);
    expect(keychain.formatMasterKeyOptions(options)).toBe(row.masterKeyOptions);
  });

  const hashes = group(
    'get_hash',
    z.array(
      z.object({ input: z.string(), func: z.enum(['sha256', 'sha512']).nullable(), output: z.string() }),
    ),
  );
  it.each(hashes)('hash $func $output', ({ input, func, output }) => {
    expect(keychain.textHash(text(input), func ?? 'sha256')).toBe(output);
    if (func === null) expect(keychain.masterKeyHash(text(input))).toBe(output);
  });

  const checks = group(
    'vault_master_key_hash',
    z.array(z.object({ vaultKey: z.string(), salt: z.string(), output: z.string() })),
  );
  it.each(checks)('vault check value with $salt', ({ vaultKey, salt, output }) => {
    const key = keychain.asVaultKey(text(vaultKey));
    expect(keychain.vaultCheckValue(key, salt)).toBe(output);
    expect(keychain.verifyVaultKey(key, salt, output)).toBe(true);
    expect(keychain.verifyVaultKey(key, `${salt}x`, output)).toBe(false);
  });

  const headers = group(
    'request_headers',
    z.object({
      input: z.object({ masterKey: z.string() }),
      output: z.object({ 'X-Master-Key-Hash': z.string() }),
    }),
  );
  it('the hash header is the master key hash', () => {
    expect(keychain.masterKeyHash(text(headers.input.masterKey))).toBe(headers.output['X-Master-Key-Hash']);
  });

  const generators = group(
    'generators',
    z.object({ generate_key: z.string(), generate_salt: z.string(), alphabet_key: z.string() }),
  );
  it('generated keys have the length and the alphabet of the official ones', () => {
    expect([...keychain.keyAlphabet].sort()).toEqual([...generators.alphabet_key].sort());
    expect(keychain.generateVaultKey()).toHaveLength(generators.generate_key.length);
    expect(keychain.generateSalt()).toHaveLength(generators.generate_salt.length);
  });
});

describe('RSA', () => {
  const keys = group('rsa_keypair_2048', z.object({ public: z.string(), private: z.string() }));
  it('computes the public key from the private one', () => {
    expect(keychain.publicPemOf(keychain.loadPrivateKey(text(keys.private)))).toBe(keys.public);
  });

  const row = group(
    'user_rsa_keys',
    z.object({
      masterKey: z.string(),
      privatePem: z.string(),
      salt_hex: z.string(),
      output: z.object({ public: z.string(), privateEncrypted: z.string() }),
    }),
  );
  it('seals and opens the private key under the master key', () => {
    const masterKey = keychain.asMasterKey(text(row.masterKey));
    const wire = row.output.privateEncrypted;
    expect(keychain.sealPrivateKey(text(row.privatePem), masterKey, hex(row.salt_hex))).toBe(wire);
    expect(keychain.openPrivatePem(wire, masterKey).toString()).toBe(row.privatePem);
    expect(keychain.publicPemOf(keychain.openPrivateKey(wire, masterKey))).toBe(row.output.public);
  });

  const wrapped = group(
    'rsa_decrypt',
    z.array(
      z.object({
        key: z.string(),
        plaintext: z.string(),
        ciphertext_b64: z.string(),
        padding: z.string(),
        privatePem: z.string(),
      }),
    ),
  );
  it.each(wrapped)('$padding, $key: $plaintext', (row) => {
    const privateKey = keychain.loadPrivateKey(text(row.privatePem));
    expect(keychain.unwrapKey(row.ciphertext_b64, privateKey).toString()).toBe(row.plaintext);
  });
});

describe('records', () => {
  const fields = group(
    'customs',
    z.array(
      z.object({
        name: z.string(),
        recordKey: z.string(),
        input: customs,
        salts_hex: z.array(z.string()),
        cse_on: customs,
        cse_off: customs,
      }),
    ),
  );
  it.each(fields)('custom fields: $name', (row) => {
    const recordKey = keychain.asRecordKey(text(row.recordKey));
    const salts = row.salts_hex.map(hex);
    const input = row.input.map((field) => ({ ...field, value: text(field.value) }));
    expect(keychain.sealCustoms(input, recordKey, () => salts.shift()!)).toEqual(row.cse_on);
    expect(row.cse_on.map((field) => keychain.openCustomField(field, recordKey))).toEqual(input);
    expect(input.map(keychain.encodePlainCustomField)).toEqual(row.cse_off);
    expect(row.cse_off.map(keychain.decodePlainCustomField)).toEqual(input);
  });

  const attachments = group(
    'attachments',
    z.array(
      z.object({
        name: z.string(),
        data_b64: z.string(),
        recordKey: z.string(),
        attachmentKey: z.string(),
        'salts_hex (key, data)': z.tuple([z.string(), z.string()]),
        cse_on: wireAttachment,
        cse_off: wireAttachment,
      }),
    ),
  );
  it.each(attachments)('attachment: $name', (row) => {
    const content = Buffer.from(row.data_b64, 'base64');
    const recordKey = keychain.asRecordKey(text(row.recordKey));
    const attachmentKey = keychain.asAttachmentKey(text(row.attachmentKey));
    const [keySalt, dataSalt] = row['salts_hex (key, data)'].map(hex);
    const choices = { attachmentKey, keySalt: keySalt!, dataSalt: dataSalt! };
    expect(keychain.encodeAttachment(content, recordKey, choices)).toEqual(row.cse_on);
    expect(keychain.decodeAttachment(row.cse_on, recordKey)).toEqual(content);
    expect(keychain.encodePlainAttachment(content)).toEqual(row.cse_off);
    expect(keychain.decodePlainAttachment(row.cse_off)).toEqual(content);
  });

  const on = '1 MiB: encryptedData length, CSE on';
  const off = '1 MiB: encryptedData length, CSE off';
  const limits = group('attachment_limits', z.object({ [on]: z.number(), [off]: z.number() }));
  it('attachment sizes', () => {
    const recordKey = keychain.generateRecordKey();
    const mebibyte = Buffer.alloc(1024 * 1024, 0xa5);
    expect(keychain.encodeAttachment(mebibyte, recordKey).encryptedData).toHaveLength(limits[on]!);
    expect(keychain.encodePlainAttachment(mebibyte).encryptedData).toHaveLength(limits[off]!);
    const largest = Buffer.alloc(keychain.PROTOCOL_ATTACHMENT_LIMIT);
    const wire = keychain.encodeAttachment(largest, recordKey);
    expect(keychain.decodeAttachment(wire, recordKey).equals(largest)).toBe(true);
    const tooLarge = Buffer.alloc(keychain.PROTOCOL_ATTACHMENT_LIMIT + 1);
    const refusal = expect.objectContaining({ code: 'tooLarge' });
    expect(() => keychain.encodeAttachment(tooLarge, recordKey)).toThrow(refusal);
    expect(() => keychain.encodePlainAttachment(tooLarge)).toThrow(refusal);
  });
});

describe('beside records', () => {
  const sessions = group(
    'session_file',
    z.array(
      z.object({
        encryption_key: z.string(),
        access_token: z.string(),
        refresh_token: z.string(),
        master_key: z.string(),
        salt_hex: z.string(),
        file: z.string(),
      }),
    ),
  );
  it.each(sessions)('session file', (row) => {
    const session = {
      accessToken: text(row.access_token),
      refreshToken: text(row.refresh_token),
      masterKey: keychain.asMasterKey(text(row.master_key)),
    };
    const key = text(row.encryption_key);
    expect(keychain.encodeSessionFile(session, key, hex(row.salt_hex))).toBe(row.file);
    expect(keychain.decodeSessionFile(row.file, key)).toEqual(session);
  });

  const codes = group('totp', z.array(pair.extend({ time: z.number() })));
  it.each(codes)('TOTP $output at $time', ({ time, input, output }) => {
    expect(keychain.totpCode(keychain.parseTotp(text(input)), time * 1000).code).toBe(output);
  });
});

it('no group of the file was left out', () => {
  expect(Object.keys(groups).filter((name) => !used.has(name))).toEqual([]);
});
