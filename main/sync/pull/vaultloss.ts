/**
 * A vault that is closed to this user now: every copy of what lay in it goes, keys included. What
 * was typed here and had not been sent is the user's own; it is taken out first and kept under a
 * seal, as a conflict that a person decides.
 */
import { randomUUID } from 'node:crypto';
import {
  KeychainError,
  decodePlain,
  openAttachmentKey,
  openEnvelopeText,
  wipe,
} from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { RecordFields, StoredRecord, StoredVault } from '../../mirror/index.ts';
import { dropOperations, changedFields, recordHere } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { putSealed, type TypedRecord } from '../outbox/typed.ts';

/** Erases a vault that is closed to this user now, and says so; gives the stored files to be removed. */
export function eraseVault(context: PullContext, vault: StoredVault): string[] {
  const { mirror, vaultKeys, now } = context;
  return mirror.transaction(() => {
    const affected = recordsWaiting(context, vault.id);
    const kept = new Set(affected.flatMap((record) => keepTyped(context, record, vault)));
    const localFiles = filesOfVault(context, vault.id);
    // Moved out of this vault here, which the server has not carried out and will not any more.
    const movedOut = affected.filter(({ vaultId }) => vaultId !== vault.id);
    for (const { id, attachments } of movedOut) {
      dropOperations(mirror, 'record', id);
      mirror.bases.remove('record', id);
      mirror.bin.remove(id);
      localFiles.push(...namesOf(attachments));
    }
    mirror.records.removeMany(movedOut.map(({ id }) => id));
    vaultKeys?.forget(vault);
    mirror.vaults.remove(vault.id);
    mirror.notices.add({ at: now(), kind: 'vaultRemoved', subject: vault.name, recordId: null });
    return localFiles.filter((localFile) => !kept.has(localFile));
  });
}

/** Records of a vault, here or at the server, for which something waits. */
function recordsWaiting({ mirror }: PullContext, vaultId: string): StoredRecord[] {
  const ids = new Set(
    mirror.outbox.all().flatMap(({ object, objectId }) => (object === 'record' ? [objectId] : [])),
  );
  for (const { recordId, sealed } of mirror.conflicts.all()) if (sealed === null) ids.add(recordId);
  return [...ids]
    .flatMap((id) => recordHere(mirror, id) ?? [])
    .filter(({ id, vaultId: lies }) => lies === vaultId || mirror.bases.record(id)?.vaultId === vaultId);
}

/** Seals what was typed of a record, if anything was; gives the stored files that belong to it. */
function keepTyped(context: PullContext, record: StoredRecord, vault: StoredVault): string[] {
  const { mirror, cacheKey, now, vaultKeys, mode } = context;
  const base = mirror.bases.record(record.id) ?? null;
  const key = mode === 'none' ? null : (vaultKeys?.recordKeyOf(record) ?? null);
  try {
    const typed = new Opening(key, mode === 'none').typedOf(record, base);
    if (typed === null) return [];
    const { id: recordId, name } = record;
    const about = { recordId, name, vaultName: vault.name, at: now(), fields: [] };
    putSealed(mirror, cacheKey, { id: randomUUID(), kind: 'vaultLost', ...about }, typed);
    return typed.files.map(({ localFile }) => localFile);
  } finally {
    if (key !== null) wipe(key);
  }
}

/** Opens typed values; what does not open is kept as it stands on the wire. */
class Opening {
  readonly #key: RecordKey | null;
  readonly #plain: boolean;
  readonly #unopened: string[] = [];

  constructor(key: RecordKey | null, plain: boolean) {
    this.#key = key;
    this.#plain = plain;
  }

  /** Null if nothing of it was typed. A null base is a record made here, of which everything was. */
  typedOf(record: StoredRecord, base: StoredRecord | null): TypedRecord | null {
    const fields: RecordFields = base === null ? record : changedFields(base, record);
    const { name, login, urls, description, tags, color, passwordEncrypted } = fields;
    const customs = record.customs
      .filter(({ value }) => base?.customs.every((known) => known.value !== value) ?? true)
      .flatMap((field) => this.#custom(field));
    const files = record.attachments.flatMap((file) => this.#file(file));
    const typed = {
      ...(name === undefined ? {} : { name }),
      ...(login === undefined ? {} : { login }),
      ...(urls === undefined ? {} : { urls: [...urls] }),
      ...(description === undefined ? {} : { description }),
      ...(tags === undefined ? {} : { tags: [...tags] }),
      ...(color === undefined ? {} : { color }),
      ...(passwordEncrypted === undefined ? {} : this.#password(passwordEncrypted)),
    };
    const isEmpty = Object.keys(typed).length + customs.length + files.length === 0;
    return isEmpty ? null : { ...typed, customs, files, unopened: this.#unopened };
  }

  #password(wire: string | null): { readonly password?: string | null } {
    if (wire === null || wire === '') return { password: null };
    const password = this.#text(wire);
    return password === null ? {} : { password };
  }

  #custom(field: StoredRecord['customs'][number]): TypedRecord['customs'] {
    const [name, type, value] = [this.#text(field.name), this.#text(field.type), this.#text(field.value)];
    return name === null || type === null || value === null ? [] : [{ name, type, value }];
  }

  #file(file: StoredRecord['attachments'][number]): TypedRecord['files'] {
    const { name, localFile, size, hash, serverId, encryptedKey } = file;
    if (serverId !== null || localFile === null) return [];
    const recordKey = this.#key;
    const key = recordKey === null ? null : textOf(() => openAttachmentKey(encryptedKey, recordKey));
    return [{ name, localFile, size, hash, key }];
  }

  #text(wire: string): string | null {
    const key = this.#key;
    const sealed = key === null ? null : textOf(() => openEnvelopeText(wire, key));
    const text = this.#plain ? textOf(() => decodePlain(wire)) : sealed;
    if (text === null) this.#unopened.push(wire);
    return text;
  }
}

/** The seal holds JSON, so the opened bytes become a string for that moment. Null if it does not open. */
function textOf(open: () => Buffer): string | null {
  try {
    const bytes = open();
    const text = bytes.toString('utf8');
    wipe(bytes);
    return text;
  } catch (failure) {
    if (failure instanceof KeychainError) return null;
    throw failure;
  }
}

function filesOfVault({ mirror }: PullContext, vaultId: string): string[] {
  const kinds = ['record', 'shortcut'] as const;
  const ids = kinds.flatMap((kind) => [...mirror.records.contentHashes(vaultId, kind).values()]);
  const listed = ids.flatMap(({ id }) => namesOf(mirror.records.get(id)?.attachments ?? []));
  const binned = mirror.bin.ofVault(vaultId).flatMap(({ record }) => namesOf(record?.attachments ?? []));
  return [...listed, ...binned];
}

function namesOf(attachments: StoredRecord['attachments']): string[] {
  return attachments.flatMap(({ localFile }) => localFile ?? []);
}
