/**
 * Opened secrets of a record's sides, for the moment of one merge.
 *
 * Every ciphertext has a salt of its own, so whether two hold the same text shows only when both
 * are open. What is kept of an opened text is its HMAC under this device's manifest key, for as
 * long as the merge takes, and digests are compared in constant time.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import {
  decodePlain,
  ifItOpens,
  openEnvelopeText,
  sameKey,
  sealEnvelope,
  wipe,
} from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredCustomField, StoredRecord } from '../../mirror/index.ts';
import type { Sameness } from './merge.ts';

/** Which key opens the ciphertexts of a side; null without client-side encryption. */
export interface KeyedSide {
  readonly record: StoredRecord;
  readonly key: RecordKey | null;
}

/** What a value that holds nothing amounts to, in whichever form. */
const emptyText = Buffer.alloc(0);

export class RecordTexts implements Sameness {
  readonly #manifestKey: KeyObject;
  readonly #keys = new Map<string, RecordKey | null>();
  readonly #digests = new Map<string, Buffer | null>();

  /** The keys stay the caller's and have to last as long as this. */
  constructor(manifestKey: KeyObject, sides: readonly KeyedSide[]) {
    this.#manifestKey = manifestKey;
    for (const { record, key } of sides) for (const wire of wiresOf(record)) this.#keys.set(wire, key);
  }

  secret(a: string | null, b: string | null): boolean {
    if (a === b) return true;
    const [one, other] = [this.#digest(a ?? ''), this.#digest(b ?? '')];
    return one !== null && other !== null && timingSafeEqual(one, other);
  }

  customIdentity({ name }: StoredCustomField): string | null {
    return this.#digest(name)?.toString('hex') ?? null;
  }

  /** Null for what does not open. */
  #digest(wire: string): Buffer | null {
    const known = this.#digests.get(wire);
    if (known !== undefined) return known;
    const text = wire === '' ? emptyText : this.#open(wire);
    const digest = text === null ? null : createHmac('sha256', this.#manifestKey).update(text).digest();
    if (text !== null) wipe(text);
    this.#digests.set(wire, digest);
    return digest;
  }

  #open(wire: string): Buffer | null {
    const key = this.#keys.get(wire);
    if (key === undefined) return null;
    return ifItOpens(() => (key === null ? decodePlain(wire) : openEnvelopeText(wire, key)));
  }
}

function wiresOf({ passwordEncrypted, customs }: StoredRecord): string[] {
  const fields = customs.flatMap(({ name, value, type }) => [name, value, type]);
  return passwordEncrypted === null ? fields : [passwordEncrypted, ...fields];
}

/**
 * A record with every secret encrypted anew, from one record key to another: the same text gets
 * the same new ciphertext wherever `sealed` is passed on. What does not open stays as it is, and
 * opens nowhere.
 */
export function underNewKey(
  record: StoredRecord,
  from: RecordKey,
  to: RecordKey,
  sealed: Map<string, string>,
): StoredRecord {
  if (sameKey(from, to)) return record;
  const anew = (wire: string): string => {
    const known = sealed.get(wire);
    if (known !== undefined || wire === '') return known ?? wire;
    const renewed = resealed(wire, from, to);
    sealed.set(wire, renewed);
    return renewed;
  };
  const { passwordEncrypted } = record;
  return {
    ...record,
    passwordEncrypted: passwordEncrypted === null ? null : anew(passwordEncrypted),
    customs: record.customs.map((field) => ({
      ...field,
      name: anew(field.name),
      value: anew(field.value),
      type: anew(field.type),
    })),
    attachments: record.attachments.map((file) =>
      file.serverId === null ? { ...file, encryptedKey: anew(file.encryptedKey) } : file,
    ),
  };
}

function resealed(wire: string, from: RecordKey, to: RecordKey): string {
  const text = ifItOpens(() => openEnvelopeText(wire, from));
  if (text === null) return wire;
  try {
    return sealEnvelope(text, to);
  } finally {
    wipe(text);
  }
}
