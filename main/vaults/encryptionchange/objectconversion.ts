/** One record, or one former state of it, from one mode of encryption to the other. */
import { StrongroomError } from '../../../contract/errors.ts';
import { generateRecordKey, openRecordKey, sealRecordKey, wipe } from '../../keychain/index.ts';
import type { RecordKey, VaultKey } from '../../keychain/index.ts';
import type { ConvertedObject, ConvertibleObject } from '../../remote/index.ts';
import { underKey } from '../editing/recordseals.ts';
import { convertFile } from './fileconversion.ts';
import type { FileKeys, FilePlace } from './fileconversion.ts';

/**
 * What the objects of a vault have in common while they are converted. A record and its former
 * states are given the same key as long as the work is not cut; after that a state gets a key of its
 * own, which every state may have.
 */
export interface ObjectKeys {
  readonly direction: 'on' | 'off';
  /** Owned by whoever opened the vault. */
  readonly vaultKey: VaultKey;
  /** Keys that were made, by the id of the record; wiped by {@link wipeRecordKeys}. */
  readonly made: Map<string, RecordKey>;
  /** Ids of files that have been put by. */
  readonly staged: Set<string>;
}

export function wipeRecordKeys({ made }: ObjectKeys): void {
  wipe(...made.values());
  made.clear();
}

/** Throws the failures of the key chain for what does not open, and as `convertFile`. */
export async function convertObject(
  place: FilePlace,
  object: ConvertibleObject,
  keys: ObjectKeys,
): Promise<ConvertedObject> {
  if (keys.direction === 'off') return withoutKey(place, object, keys);
  const recordKey = keys.made.get(object.itemId) ?? generateRecordKey();
  keys.made.set(object.itemId, recordKey);
  const { vaultKey } = keys;
  const to = { recordKey, vaultKey };
  return {
    ...named(object),
    keyEncrypted: sealRecordKey(recordKey, vaultKey),
    ...underKey(object, null, recordKey),
    attachments: await convertFiles(place, object, { from: null, to }, keys),
  };
}

async function withoutKey(
  place: FilePlace,
  object: ConvertibleObject,
  keys: ObjectKeys,
): Promise<ConvertedObject> {
  const { keyEncrypted, passwordEncrypted, customs, attachments } = object;
  if (keyEncrypted === null) {
    // Some clients give no key to a record without secrets; where there is one it cannot be opened.
    const isEmpty = passwordEncrypted === null && customs.length === 0 && attachments.length === 0;
    if (!isEmpty) throw new StrongroomError('undecipherable');
    return { ...named(object), keyEncrypted, passwordEncrypted, customs, attachments: [] };
  }
  const from = openRecordKey(keyEncrypted, keys.vaultKey);
  try {
    return {
      ...named(object),
      keyEncrypted: null,
      ...underKey(object, from, null),
      attachments: await convertFiles(place, object, { from, to: null }, keys),
    };
  } finally {
    wipe(from);
  }
}

const named = ({ kind, id, state }: ConvertibleObject): Pick<ConvertibleObject, 'kind' | 'id' | 'state'> => ({
  ...{ kind, id, state },
});

async function convertFiles(
  place: FilePlace,
  { attachments }: ConvertibleObject,
  keys: FileKeys,
  { staged }: ObjectKeys,
): Promise<{ id: string; encryptedKey: string }[]> {
  const converted: { id: string; encryptedKey: string }[] = [];
  for (const file of attachments) {
    const isStaged = file.stagedId !== null || staged.has(file.id);
    converted.push({ id: file.id, encryptedKey: await convertFile(place, file, keys, isStaged) });
    staged.add(file.id);
  }
  return converted;
}
