/**
 * What was typed into a record that is closed to this user now: taken out of its ciphertexts while
 * they still open here, and kept under a seal until a person decides. Nothing else of the record is
 * kept, since nothing else is the user's own.
 */
import { randomUUID } from 'node:crypto';
import { ifItOpens, decodePlain, openAttachmentKey, openEnvelopeText, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { RecordFields, StoredRecord } from '../../mirror/index.ts';
import { changedFields } from '../outbox/pending.ts';
import { putSealed, type TypedRecord } from '../outbox/typed.ts';
import type { PullContext } from '../pullcontext.ts';

/**
 * Seals what was typed of a record, if anything was, as a `vaultLost` conflict; gives the stored files
 * that belong to it. `vaultName` is empty where the record was received. Call it inside a transaction.
 */
export function keepTyped(context: PullContext, record: StoredRecord, vaultName: string): string[] {
  const { mirror, cacheKey, now, vaultKeys, mode } = context;
  const base = mirror.bases.record(record.id) ?? null;
  const key = mode === 'none' ? null : (vaultKeys?.recordKeyOf(record) ?? null);
  try {
    const typed = new Opening(key, mode === 'none').typedOf(record, base);
    if (typed === null) return [];
    const open = mirror.conflicts.ofRecord(record.id);
    if (open?.sealed === null) mirror.conflicts.remove(open.id);
    const { name } = record;
    // Should the record come back under its id, it has nothing to do with what is kept here, and
    // what is typed into it then must neither wait for this decision nor take its place.
    const about = { recordId: randomUUID(), name, vaultName, at: now(), fields: [] };
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
  const bytes = ifItOpens(open);
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  wipe(bytes);
  return text;
}
