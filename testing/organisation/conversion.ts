/**
 * The part of a client in turning client-side encryption on or off: reads what a vault holds in the
 * one form and puts it by in the other, files and files in parts included.
 */
import { createHash } from 'node:crypto';
import type { AttachmentKey, OpenedPartList, RecordKey, VaultKey } from '../../main/keychain/index.ts';
import {
  decodeAttachment,
  decodePlain,
  decodePlainAttachment,
  decodePlainCustomField,
  encodeAttachment,
  encodePlain,
  encodePlainAttachment,
  encodePlainCustomField,
  generateAttachmentKey,
  generatePartedKey,
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  isInParts,
  keyFingerprint,
  openCustomField,
  openPart,
  openPartList,
  openPassword,
  openRecordKey,
  PLAIN_ATTACHMENT_KEY,
  PLAIN_PARTED_KEY,
  sealAttachmentKey,
  sealCustomField,
  sealedPartLength,
  sealPart,
  sealPartList,
  sealPassword,
  sealRecordKey,
  vaultCheckValue,
} from '../../main/keychain/index.ts';
import { sendOctets } from './octets.ts';
import type { Member } from './member.ts';
import { wrapFor } from './member.ts';

/** A record or former state as the server tells it for converting. */
export interface ConvertibleObject {
  kind: 'item' | 'snapshot';
  id: string;
  itemId: string;
  state: string;
  name: string;
  keyEncrypted: string | null;
  passwordEncrypted: string | null;
  customs: { name: string; value: string; type: string }[];
  attachments: { id: string; name: string; encryptedKey: string; hash: string; stagedId: string | null }[];
}
interface Portion {
  items: ConvertibleObject[];
  next: { kind: string; after: string | null } | null;
}

/** Whose requests these are: their API, and the server and token for requests of bytes. */
export interface Converting {
  member: Member;
  url: string;
  token: string;
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The bytes of the file in one part; each piece is wiped when the next is asked for. */
export function partBytes(opened: OpenedPartList, index: number, part: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of openPart(opened, index, part)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** One vault on its way. `vaultKey` is the new one when turning on, the former one when turning off. */
export class VaultConversion {
  /** Another one after the server was started again. */
  by: Converting;
  readonly vaultId: string;
  readonly direction: 'on' | 'off';
  readonly vaultKey: VaultKey;
  /** The keys of the records, by their ids. */
  readonly recordKeys = new Map<string, RecordKey>();
  readonly #fileKeys = new Map<string, AttachmentKey>();
  #id = '';

  constructor(by: Converting, vaultId: string, direction: 'on' | 'off', vaultKey = generateVaultKey()) {
    this.by = by;
    this.vaultId = vaultId;
    this.direction = direction;
    this.vaultKey = vaultKey;
  }

  get path(): string {
    return `/vaults/${this.vaultId}/encryption`;
  }

  /** Begins, when turning on with the key for some people. */
  async begin(people: readonly Member[], more: object = {}): Promise<void> {
    const { http } = this.by.member;
    const body: Record<string, unknown> = { ...more };
    if (this.direction === 'on') {
      const keys: Record<string, object> = {};
      for (const member of people) keys[member.userId] = await this.keyFor(member);
      const salt = generateSalt();
      Object.assign(body, { keys, salt, masterKeyHash: vaultCheckValue(this.vaultKey, salt) });
    }
    this.#id = (await http.send<{ id: string }>('POST', this.path, body)).id;
  }

  /** The new vault key wrapped for somebody. */
  async keyFor({ userId }: Member) {
    const path = `/users/${userId}/public-key`;
    const { publicKey } = await this.by.member.http.send<{ publicKey: string }>('GET', path);
    const masterKeyEncrypted = wrapFor({ key: this.vaultKey, isOld: false }, publicKey);
    return { masterKeyEncrypted, publicKeyFingerprint: keyFingerprint(publicKey) };
  }

  /** Puts by what is not, in portions; answers how many objects that were. */
  async putAllBy(limit = 3, most = Infinity): Promise<number> {
    let count = 0;
    let next: Portion['next'] = { kind: 'item', after: null };
    while (next && count < most) {
      const after = next.after === null ? '' : `&after=${next.after}`;
      const path = `${this.path}/objects?limit=${limit}&kind=${next.kind}${after}`;
      const portion: Portion = await this.by.member.http.send<Portion>('GET', path);
      const objects = [];
      for (const object of portion.items) objects.push(await this.converted(object));
      if (objects.length > 0) await this.put(objects);
      count += objects.length;
      next = portion.next;
    }
    return count;
  }

  put(objects: readonly object[]): Promise<{ doneCount: number }> {
    return this.by.member.http.send('POST', `${this.path}/objects`, { id: this.#id, objects });
  }

  /** An object in the other form; its files are put by on the way. */
  async converted(object: ConvertibleObject) {
    const { kind, id, state } = object;
    const recordKey = this.#recordKey(object);
    const attachments = [];
    for (const entry of object.attachments) {
      attachments.push({ id: entry.id, encryptedKey: await this.#file(entry, recordKey) });
    }
    const isOn = this.direction === 'on';
    const { passwordEncrypted, customs } = object;
    const password =
      passwordEncrypted === null
        ? undefined
        : isOn
          ? decodePlain(passwordEncrypted)
          : openPassword(passwordEncrypted, recordKey);
    return {
      ...{ kind, id, state, attachments },
      keyEncrypted: isOn ? sealRecordKey(recordKey, this.vaultKey) : null,
      passwordEncrypted: password ? (isOn ? sealPassword(password, recordKey) : encodePlain(password)) : null,
      customs: customs.map((field) =>
        isOn
          ? sealCustomField(decodePlainCustomField(field), recordKey)
          : encodePlainCustomField(openCustomField(field, recordKey)),
      ),
    };
  }

  /** Puts a file by once more, under another key. */
  async putFileAnew(id: string, encryptedKey: string, itemId: string): Promise<void> {
    const recordKey = this.recordKeys.get(itemId);
    if (!recordKey) throw new Error('The record has been converted.');
    this.#fileKeys.set(id, generateAttachmentKey());
    await this.#putWhole({ id, encryptedKey }, recordKey);
  }

  #recordKey({ itemId, keyEncrypted }: ConvertibleObject): RecordKey {
    const key =
      this.direction === 'off' && keyEncrypted !== null
        ? openRecordKey(keyEncrypted, this.vaultKey)
        : (this.recordKeys.get(itemId) ?? generateRecordKey());
    this.recordKeys.set(itemId, key);
    return key;
  }

  /** The converted file's key under a record key; the file is put by when it has not been. */
  async #file(entry: ConvertibleObject['attachments'][number], recordKey: RecordKey): Promise<string> {
    const former = this.direction === 'off' ? recordKey : null;
    const isParted = isInParts(entry.encryptedKey, former);
    const isKnown = this.#fileKeys.has(entry.id) && entry.stagedId !== null;
    if (!isKnown) {
      this.#fileKeys.set(entry.id, isParted ? generatePartedKey() : generateAttachmentKey());
      await (isParted ? this.#putParted(entry, recordKey) : this.#putWhole(entry, recordKey));
    }
    if (this.direction === 'off') return isParted ? PLAIN_PARTED_KEY : PLAIN_ATTACHMENT_KEY;
    return sealAttachmentKey(this.#fileKey(entry.id), recordKey);
  }

  #fileKey(id: string): AttachmentKey {
    const key = this.#fileKeys.get(id);
    if (!key) throw new Error('The file has no key.');
    return key;
  }

  async #wire({ id, encryptedKey }: { id: string; encryptedKey: string }) {
    const path = `${this.path}/files/${id}`;
    const read = await this.by.member.http.send<{ encryptedData: string; hash: string }>('GET', path);
    return { ...read, encryptedKey };
  }

  async #putWhole(entry: { id: string; encryptedKey: string }, recordKey: RecordKey): Promise<void> {
    const wire = await this.#wire(entry);
    const { encryptedData, hash } =
      this.direction === 'on'
        ? encodeAttachment(decodePlainAttachment(wire), recordKey, { attachmentKey: this.#fileKey(entry.id) })
        : encodePlainAttachment(decodeAttachment(wire, recordKey));
    const body = { id: this.#id, attachmentId: entry.id, encryptedData, hash };
    await this.by.member.http.send('POST', `${this.path}/files`, body);
  }

  async #putParted(entry: { id: string; encryptedKey: string }, recordKey: RecordKey): Promise<void> {
    const isOn = this.direction === 'on';
    const opened = openPartList(await this.#wire(entry), isOn ? null : recordKey);
    const key = isOn ? this.#fileKey(entry.id) : null;
    const digests: string[] = [];
    for (const index of opened.list.parts.keys()) {
      const path = `${this.path}/files/${entry.id}/parts/${String(index + 1)}`;
      const part = await sendOctets(this.by, 'GET', path);
      const bytes = partBytes(opened, index, part);
      const target = Buffer.alloc(sealedPartLength(bytes.length, key !== null));
      const sealed = sealPart(bytes, key, target);
      digests.push(digestOf(sealed));
      await sendOctets(this.by, 'PUT', path, sealed);
    }
    const list = sealPartList({ ...opened.list, parts: digests }, key, isOn ? recordKey : null);
    const { encryptedData, hash } = list;
    const body = { id: this.#id, attachmentId: entry.id, encryptedData, hash, digests };
    await this.by.member.http.send('POST', `${this.path}/files`, body);
  }
}
