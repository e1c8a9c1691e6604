/**
 * A second reading of the protocol: signs in to a server, and opens one record with its custom fields,
 * its one-time code and one file. It is written from the Passwork 7 protocol ("Crypto formats",
 * "Auth flow", "Endpoints") and RFC 6238 with nothing but Node's own cryptography, and shares no line
 * with the application: where both read the same, what the application writes is the protocol's.
 *
 * It reads what honest servers and clients write, and is no model for anything else: it repairs,
 * limits and defends nothing.
 */
import { constants, createDecipheriv, createHash, createHmac, pbkdf2Sync, privateDecrypt } from 'node:crypto';

export interface Person {
  readonly login: string;
  readonly password: string;
  readonly masterPassword: string;
}

export interface OpenedRecord {
  readonly name: string;
  readonly password: string;
  readonly customs: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  readonly file: { readonly name: string; readonly bytes: Buffer };
}

interface Item {
  name: string;
  passwordEncrypted: string;
  keyEncrypted: string;
  vaultMasterKeyEncrypted: string;
  customs: { name: string; value: string; type: string }[];
  attachments: { id: string; name: string; encryptedKey: string }[];
}

const alphabet = '0123456789abcdefghjkmnpqrtuvwxyz';

/** Five bits a character, the last incomplete byte dropped. */
function fromBase32(text: string, letters: string): Buffer {
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

const md5 = (...parts: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

/** "AES envelope": base32x, base64, `Salted__`, salt, AES-256-CBC under a key of three rounds of MD5. */
export function open(wire: string, passphrase: string): string {
  const blob = Buffer.from(fromBase32(wire, alphabet).toString('latin1'), 'base64');
  const [pass, salt] = [Buffer.from(passphrase), blob.subarray(8, 16)];
  const first = md5(pass, salt);
  const second = md5(first, pass, salt);
  const cipher = createDecipheriv('aes-256-cbc', Buffer.concat([first, second]), md5(second, pass, salt));
  return Buffer.concat([cipher.update(blob.subarray(16)), cipher.final()]).toString('utf8');
}

/** "Master key": `pbkdf:digest:iterations:bytes:salt`, in base64. */
function masterKeyOf(password: string, options: string): string {
  const [, digest = '', iterations, bytes, salt = ''] = options.split(':');
  return pbkdf2Sync(password, salt, Number(iterations), Number(bytes), digest).toString('base64');
}

/** "RSA encryption of keys", as written today. */
function openWithRsa(wrapped: string, key: string): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return privateDecrypt({ key, padding, oaepHash: 'sha256' }, Buffer.from(wrapped, 'base64')).toString();
}

/** Reads the record of an id, with the file of a name. */
export async function readRecord(
  server: string,
  person: Person,
  itemId: string,
  fileName: string,
): Promise<OpenedRecord> {
  const headers: Record<string, string> = { 'X-Response-Format': 'raw', 'Content-Type': 'application/json' };
  const ask = async <Answer>(path: string, body?: unknown): Promise<Answer> => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${server}/api/v1/${path}`, { headers, ...sent });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return (await answer.json()) as Answer;
  };
  const { login: username, password } = person;
  const tokens = await ask<{ accessToken: string }>('users/login', { username, password });
  headers['Authorization'] = `Bearer ${tokens.accessToken}`;
  const { masterKeyOptions } = await ask<{ masterKeyOptions: string }>('users/master-key/options');
  const masterKey = masterKeyOf(person.masterPassword, masterKeyOptions);
  headers['X-Master-Key-Hash'] = createHash('sha256').update(masterKey).digest('hex');
  const { keys } = await ask<{ keys: { privateEncrypted: string } }>('users/keys');
  const item = await ask<Item>(`items/${itemId}`);
  const vaultKey = openWithRsa(item.vaultMasterKeyEncrypted, open(keys.privateEncrypted, masterKey));
  const key = open(item.keyEncrypted, vaultKey);
  const listed = item.attachments.find(({ name }) => name === fileName);
  if (!listed) throw new Error(`the record has no ${fileName}`);
  const stored = await ask<{ encryptedData: string; hash: string }>(
    `items/${itemId}/attachment/${listed.id}`,
  );
  const bytes = Buffer.from(open(stored.encryptedData, open(listed.encryptedKey, key)), 'base64');
  // The hash is taken of the text whose characters are the bytes.
  const hash = createHash('sha256').update(bytes.toString('latin1'), 'utf8').digest('hex');
  if (hash !== stored.hash) throw new Error(`${fileName} is not what was attached`);
  return {
    name: item.name,
    password: open(item.passwordEncrypted, key),
    customs: item.customs.map((field) => ({
      name: open(field.name, key),
      value: open(field.value, key),
      type: open(field.type, key),
    })),
    file: { name: listed.name, bytes },
  };
}

/** The one-time code of a base32 secret at a time in seconds (RFC 6238: SHA-1, 30 s, six digits). */
export function oneTimeCode(secret: string, seconds: number): string {
  const key = fromBase32(secret.toUpperCase(), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
