/**
 * Somebody at their device: logs in, opens their keys, and writes records the way any
 * client must, encrypting with the key chain before anything leaves.
 */
import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import type { MasterKey, PrivateKey, RecordKey, VaultKey } from '../../main/keychain/index.ts';
import {
  asRecordKey,
  deriveMasterKey,
  encodeAttachment,
  encodePlain,
  encodePlainAttachment,
  encodePlainCustomField,
  formatMasterKeyOptions,
  generateKeyPair,
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  loadPrivateKey,
  masterKeyHash,
  newMasterKeyOptions,
  openPrivatePem,
  parseMasterKeyOptions,
  sealCustoms,
  sealPassword,
  sealPrivateKey,
  sealRecordKey,
  vaultCheckValue,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import type { SamplePerson } from './cast.ts';
import type { RecordDraft } from './drafts.ts';
import type { Http } from './http.ts';
import type { Ledger } from './ledger.ts';

/** A logged-in person; the keys are null without client-side encryption. */
export interface Member {
  readonly person: SamplePerson;
  readonly userId: string;
  readonly http: Http;
  readonly privateKey: PrivateKey | null;
}

/** A vault as its creator holds it. */
export interface OpenVault {
  readonly id: string;
  readonly name: string;
  /** Null without client-side encryption. */
  readonly key: VaultKey | null;
  /** Written the way clients of the years before 2020 wrote. */
  readonly isOld: boolean;
}

const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** A pair as clients made it before 2020: RSA-1024, PKCS#1 PEM, no line break at the end. */
function oldKeyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicExponent: 65_537,
  });
  const privatePem = utf8(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().trimEnd());
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString().trimEnd();
  return { publicPem, privatePem };
}

/** The members of a request that creates a person's account, keys included. */
export async function accountOf(person: SamplePerson, ledger: Ledger) {
  const { login, email, fullName, password, masterPassword } = person;
  ledger.readable(login, email, fullName);
  ledger.secret('loginPassword', login, 'password', password);
  const account = { login, email, fullName, password };
  if (masterPassword === null) return account;
  const options = newMasterKeyOptions();
  const masterKey: MasterKey = await deriveMasterKey(utf8(masterPassword), options);
  const pair = person.hasOldKeys ? oldKeyPair() : await generateKeyPair();
  ledger.secret('masterPassword', login, 'masterPassword', masterPassword);
  ledger.secret('masterKey', login, 'masterKey', masterKey);
  ledger.secret('privateKey', login, 'privateKey', pair.privatePem);
  return {
    ...account,
    masterKeyHash: masterKeyHash(masterKey),
    masterKeyOptions: formatMasterKeyOptions(options),
    keys: { public: pair.publicPem, privateEncrypted: sealPrivateKey(pair.privatePem, masterKey) },
  };
}

/** Logs in and opens the private key. */
export async function signIn(http: Http, person: SamplePerson): Promise<Member> {
  const { accessToken } = await http.send<{ accessToken: string }>('POST', '/users/login', {
    username: person.login,
    password: person.password,
  });
  const loggedIn = http.as({ accessToken });
  if (person.masterPassword === null) {
    const { id } = await loggedIn.send<{ id: string }>('GET', '/users/info');
    return { person, userId: id, http: loggedIn, privateKey: null };
  }
  const options = await loggedIn.send<{ masterKeyOptions: string }>('GET', '/users/master-key/options');
  const masterKey = await deriveMasterKey(
    utf8(person.masterPassword),
    parseMasterKeyOptions(options.masterKeyOptions),
  );
  const proven = http.as({ accessToken, masterKeyHash: masterKeyHash(masterKey) });
  const answer = await proven.send<{ id: string; keys: { privateEncrypted: string } }>('GET', '/users/keys');
  const privateKey = loadPrivateKey(openPrivatePem(answer.keys.privateEncrypted, masterKey));
  return { person, userId: answer.id, http: proven, privateKey };
}

/** Wraps a vault key, in the old padding for the vault of the old years. */
export function wrapFor(vault: Pick<OpenVault, 'key' | 'isOld'>, publicPem: string): string {
  if (!vault.key) throw new Error('The vault has no key.');
  if (!vault.isOld) return wrapVaultKey(vault.key, publicPem, { allowLegacyKey: true });
  const padding = constants.RSA_PKCS1_PADDING;
  return publicEncrypt({ key: publicPem, padding }, vault.key).toString('base64');
}

/** Creates a vault of a type (`company` or `privateShared`). */
export async function createVault(
  member: Member,
  name: string,
  typeCode: 'company' | 'privateShared',
  ledger: Ledger,
  isOld = false,
): Promise<OpenVault> {
  ledger.readable(name);
  const { items } = await member.http.send<{ items: { id: string; code: string }[] }>(
    'GET',
    '/vault-types/all',
  );
  const typeId = items.find((type) => type.code === typeCode)?.id ?? '';
  if (!member.privateKey) {
    const { id } = await member.http.send<{ id: string }>('POST', '/vaults', { name, typeId });
    return { id, name, key: null, isOld };
  }
  const key = generateVaultKey();
  const administrators = await member.http.send<{ items: { id: string; publicKey: string }[] }>(
    'GET',
    `/vault-types/${typeId}/administrators`,
  );
  const own = await member.http.send<{ publicKey: string }>('GET', `/users/${member.userId}/public-key`);
  const salt = generateSalt();
  const { id } = await member.http.send<{ id: string }>('POST', '/vaults', {
    name,
    typeId,
    salt,
    masterKeyHash: vaultCheckValue(key, salt),
    masterKeyEncrypted: wrapFor({ key, isOld }, own.publicKey),
    administratorsKeys: Object.fromEntries(
      administrators.items.map((each) => [each.id, wrapFor({ key, isOld }, each.publicKey)]),
    ),
  });
  ledger.secret('vaultKey', id, 'vaultKey', key);
  return { id, name, key, isOld };
}

/** A record that was written, with the key that shortcuts and inbox entries need. */
export interface WrittenRecord {
  readonly id: string;
  readonly vaultId: string;
  readonly folderId: string | null;
  readonly name: string;
  /** Null without client-side encryption. */
  readonly key: RecordKey | null;
}

function encodedPassword(password: string | null, key: RecordKey | null): string | null {
  if (password === null) return null;
  return key ? sealPassword(utf8(password), key) : encodePlain(utf8(password));
}

/** The request that creates a record, encrypted, with the oldest of its passwords. */
export function encryptedRecord(
  vault: OpenVault,
  folderId: string | null,
  record: RecordDraft,
): { body: Record<string, unknown>; key: RecordKey | null } {
  const key = vault.key && (vault.isOld ? asRecordKey(utf8(generateSalt())) : generateRecordKey());
  const customs = record.customs.map((field) => ({ ...field, value: utf8(field.value) }));
  const [first = record.password] = record.formerPasswords;
  const body = {
    vaultId: vault.id,
    folderId,
    name: record.name,
    login: record.login,
    url: record.urls[0] ?? '',
    urls: record.urls,
    description: record.description,
    tags: record.tags,
    color: record.color,
    isFavorite: record.isFavorite,
    passwordEncrypted: encodedPassword(first, key),
    keyEncrypted: key && vault.key ? sealRecordKey(key, vault.key) : null,
    customs: key ? sealCustoms(customs, key) : customs.map(encodePlainCustomField),
    attachments: record.attachments.map(({ name, bytes }) => ({
      name,
      ...(key ? encodeAttachment(bytes, key) : encodePlainAttachment(bytes)),
    })),
  };
  return { body, key };
}

function enter(ledger: Ledger, id: string, record: RecordDraft, key: RecordKey | null): void {
  ledger.readable(record.name, record.login, record.description, ...record.urls, ...record.tags);
  ledger.readable(...record.attachments.map((file) => file.name));
  if (key) ledger.secret('recordKey', id, 'recordKey', key);
  if (record.password !== null) ledger.secret('password', id, 'password', record.password);
  for (const former of record.formerPasswords) ledger.secret('formerPassword', id, 'password', former);
  for (const field of record.customs) {
    ledger.secret('customName', id, field.name, field.name);
    ledger.secret('customValue', id, field.name, field.value);
  }
  for (const file of record.attachments) ledger.secret('attachment', id, file.name, file.bytes);
}

/** Writes a record and its history: one change for every former password. */
export async function writeRecord(
  member: Member,
  vault: OpenVault,
  folderId: string | null,
  record: RecordDraft,
  ledger: Ledger,
): Promise<WrittenRecord> {
  const { body, key } = encryptedRecord(vault, folderId, record);
  const { id } = await member.http.send<{ id: string }>('POST', '/items', body);
  const later =
    record.formerPasswords.length > 0 ? [...record.formerPasswords.slice(1), record.password] : [];
  for (const password of later) {
    const passwordEncrypted = encodedPassword(password, key);
    await member.http.send('PATCH', `/items/${id}`, { vaultId: vault.id, passwordEncrypted });
  }
  enter(ledger, id, record, key);
  return { id, vaultId: vault.id, folderId, name: record.name, key };
}
