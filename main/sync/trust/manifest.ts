/**
 * The tamper manifest: what this device remembers of every ciphertext of a record.
 *
 * The protocol's envelope has no MAC, and nothing binds a ciphertext to its field. A server
 * could therefore serve the TOTP secret as the password, or flip bits in known text. But an
 * honest client encrypts with a fresh salt each time, so two things never happen by honest
 * editing: a known ciphertext turning up in another field, and a known salt in front of other
 * bytes. Both are refused here, without a key and without decrypting anything.
 *
 * A custom field may change its place, with some of its members new: that is what reordering and
 * deleting fields looks like when a client keeps the ciphertexts, and edits one of them besides.
 * What is known of it must have stood together in one field, and no known value comes without its
 * name, so that no label of one comes to stand above the value of another.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { envelopeSalt, isEnvelope } from '../../keychain/index.ts';
import type { ManifestEntry, StoredRecord } from '../../mirror/model.ts';

/** The parts of a record that are ciphertext. */
export type SealedParts = Pick<
  StoredRecord,
  'keyWrap' | 'keyWrapped' | 'passwordEncrypted' | 'customs' | 'attachments'
>;

/**
 * `accepted`: an honest edit may look like this. `moved`: a known ciphertext in another field.
 * `altered`: other bytes behind a known salt. `unsealed`: what was ciphertext is not any more.
 */
export type ManifestVerdict = 'accepted' | 'moved' | 'altered' | 'unsealed';

const customMembers = ['name', 'value', 'type'] as const;

/**
 * One entry for each non-empty sealed value of a record. `key` is the device's manifest subkey,
 * as a key object because preparing a key anew for each value costs more than the hash itself.
 */
export function manifestOf(record: SealedParts, key: KeyObject): ManifestEntry[] {
  return sealedValues(record).map(([field, wire]) => ({
    field,
    salt: isEnvelope(wire) ? envelopeSalt(wire) : '',
    mac: createHmac('sha256', key).update(wire, 'utf8').digest('hex'),
  }));
}

function sealedValues(record: SealedParts): [field: string, wire: string][] {
  const values: [string, string | null][] = [
    ['password', record.passwordEncrypted],
    ['key', record.keyWrapped],
  ];
  record.customs.forEach((field, index) => {
    for (const member of customMembers) values.push([`custom:${index}:${member}`, field[member]]);
  });
  for (const { id, serverId, encryptedKey } of record.attachments) {
    values.push([`attachment:${serverId ?? id}:key`, encryptedKey]);
  }
  return values.filter((value): value is [string, string] => value[1] !== null && value[1] !== '');
}

/** Is there a value in this record that should be an envelope and is none? The RSA key of an inbox entry is not. */
export function hasUnsealedValue(record: SealedParts, entries: readonly ManifestEntry[]): boolean {
  return entries.some(({ field, salt }) => salt === '' && !(field === 'key' && record.keyWrap === 'rsa'));
}

/** Judges an incoming change of one record against what was remembered of it. */
export function judgeChange(
  previous: readonly ManifestEntry[],
  incoming: readonly ManifestEntry[],
  record: SealedParts,
): ManifestVerdict {
  return judgeAgainstAll([previous], incoming, record);
}

/**
 * The same against several states that this device has seen or written itself: a ciphertext is
 * where it belongs if it stood there in one of them.
 */
export function judgeAgainstAll(
  states: readonly (readonly ManifestEntry[])[],
  incoming: readonly ManifestEntry[],
  record: SealedParts,
): ManifestVerdict {
  const previous = states.flat();
  const wasSealed = previous.some(({ salt }) => salt !== '');
  if (wasSealed && (hasUnsealedValue(record, incoming) || lostItsKey(previous, incoming))) return 'unsealed';
  const known = remember(previous);
  const continued = continuedCustoms(states, incoming, (mac) => known.fieldsByMac.has(mac));
  for (const { field, salt, mac } of incoming) {
    if (salt === '') continue;
    const fields = known.fieldsByMac.get(mac);
    if (fields === undefined) {
      if (known.salts.has(salt)) return 'altered';
    } else if (!fields.has(field) && !continued.has(customPlace(field))) {
      return 'moved';
    }
  }
  return 'accepted';
}

function lostItsKey(previous: readonly ManifestEntry[], incoming: readonly ManifestEntry[]): boolean {
  const isKey = (entry: ManifestEntry): boolean => entry.field === 'key';
  return previous.some(isKey) && !incoming.some(isKey);
}

interface Remembered {
  readonly fieldsByMac: ReadonlyMap<string, ReadonlySet<string>>;
  readonly salts: ReadonlySet<string>;
}

function remember(entries: readonly ManifestEntry[]): Remembered {
  const fieldsByMac = new Map<string, Set<string>>();
  const salts = new Set<string>();
  for (const { field, salt, mac } of entries) {
    if (salt === '') continue;
    salts.add(salt);
    const fields = fieldsByMac.get(mac);
    if (fields === undefined) fieldsByMac.set(mac, new Set([field]));
    else fields.add(field);
  }
  return { fieldsByMac, salts };
}

/** `custom:3` of `custom:3:value`; empty for other fields. */
function customPlace(field: string): string {
  return field.startsWith('custom:') ? field.slice(0, field.lastIndexOf(':')) : '';
}

/**
 * Places of incoming custom fields that continue one field of one earlier state, wherever it stood:
 * whatever of them was known before stood together there, and a known value has its known name
 * with it. The rest of such a field is new.
 */
function continuedCustoms(
  states: readonly (readonly ManifestEntry[])[],
  incoming: readonly ManifestEntry[],
  isKnown: (mac: string) => boolean,
): ReadonlySet<string> {
  const before = states.flatMap((state) => [...customsOf(state).values()]);
  const continued = [...customsOf(incoming)].filter(([, members]) => {
    const old = new Map([...members].filter(([, mac]) => isKnown(mac)));
    if (old.has(':value') && !old.has(':name')) return false;
    return before.some((field) => [...old].every(([member, mac]) => field.get(member) === mac));
  });
  return new Set(continued.map(([place]) => place));
}

/** Custom fields by place, each the macs of its members. */
function customsOf(entries: readonly ManifestEntry[]): Map<string, Map<string, string>> {
  const fields = new Map<string, Map<string, string>>();
  for (const { field, mac } of entries) {
    const place = customPlace(field);
    if (place === '') continue;
    const members = fields.get(place) ?? new Map<string, string>();
    fields.set(place, members.set(field.slice(place.length), mac));
  }
  return fields;
}
