/** What waits for a person's decision, and the decisions. */
import type { ConflictRow, ConflictSide, ConflictView } from '../../../contract/conflicts.ts';
import type { Place } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { asAttachmentKey, PLAIN_ATTACHMENT_KEY, sealAttachmentKey, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { ConflictedField, StoredAttachment, StoredConflict, StoredRecord } from '../../mirror/index.ts';
import {
  decide,
  forgetTyped,
  pickSides,
  removeIdleFiles,
  resolveFields,
  sendAsNew,
  serverRestores,
} from '../../sync/index.ts';
import type { TypedRecord } from '../../sync/index.ts';
import { newId } from '../editing/committing.ts';
import { changedSides, ConflictFaces, conflictRowOf, typedFields } from './conflictfaces.ts';
import { checkedPlace, emptyRecord } from '../editing/editing.ts';
import { bothKept } from './keepingboth.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { sealText } from '../editing/recordseals.ts';

export type Picked = 'mine' | 'theirs' | 'both';

export interface ConflictDeskOptions {
  readonly current: () => OpenAccount;
  readonly hideAfterMs: () => number;
  readonly now?: () => number;
}

export class ConflictDesk {
  readonly #current: () => OpenAccount;
  readonly #hideAfterMs: () => number;
  readonly #now: () => number;

  constructor({ current, hideAfterMs, now = Date.now }: ConflictDeskOptions) {
    this.#current = current;
    this.#hideAfterMs = hideAfterMs;
    this.#now = now;
  }

  list(): { rows: ConflictRow[] } {
    const { mirror } = this.#current();
    return { rows: mirror.conflicts.all().map((conflict) => conflictRowOf(conflict, mirror)) };
  }

  /** Throws `noSuchConflict`. */
  read(id: string): ConflictView {
    const account = this.#current();
    const conflict = conflictOf(account, id);
    const row = conflictRowOf(conflict, account.mirror);
    if (conflict.sealed !== null) {
      const fields = typedFields(account.typedOf(id)).map(({ face }) => face);
      return { ...row, fieldCount: fields.length, fields };
    }
    const fields = fieldsOf(account, conflict);
    return withFaces(account, conflict, (faces) => ({
      ...row,
      fieldCount: fields.length,
      fields: fields.map((field) => faces.face(field)),
    }));
  }

  /** One secret of one side. Throws `noSuchConflict`, `noSuchField`, `emptyField`, `undecipherable`. */
  reveal(id: string, key: string, side: ConflictSide): { value: string; hidesAfterMs: number } {
    const account = this.#current();
    const conflict = conflictOf(account, id);
    return { value: this.#secret(account, conflict, key, side), hidesAfterMs: this.#hideAfterMs() };
  }

  #secret(account: OpenAccount, conflict: StoredConflict, key: string, side: ConflictSide): string {
    if (conflict.sealed !== null) {
      const found = typedFields(account.typedOf(conflict.id)).find(({ face }) => face.key === key);
      if (!found || side !== 'mine' || !found.face.secret) throw new StrongroomError('noSuchField');
      if (found.text === '') throw new StrongroomError('emptyField');
      return found.text;
    }
    const field = fieldsOf(account, conflict).find((each) => each.key === key);
    if (!field) throw new StrongroomError('noSuchField');
    return withFaces(account, conflict, (faces) => faces.secret(field, side));
  }

  /** Ends a conflict of fields; a field without a pick keeps mine. Throws `noSuchConflict`, `noSuchField`. */
  resolve(id: string, picks: readonly { readonly key: string; readonly pick: Picked }[]): void {
    const account = this.#current();
    const { mirror } = account;
    const conflict = conflictOf(account, id);
    const picked = new Map(picks.map(({ key, pick }) => [key, pick]));
    for (const key of picked.keys()) {
      if (!conflict.fields.some((field) => field.key === key)) throw new StrongroomError('noSuchField');
    }
    const oneSided = new Map(
      [...picked].map(([key, pick]) => [key, pick === 'theirs' ? pick : 'mine'] as const),
    );
    const chosen = pickSides(mirror, conflict, oneSided);
    const doubled = conflict.fields.filter(({ key }) => picked.get(key) === 'both');
    const resolved =
      doubled.length === 0
        ? chosen
        : withFaces(account, conflict, (faces, key) => bothKept(chosen, doubled, faces, key));
    mirror.durable(() => resolveFields(mirror, id, resolved, this.#now()));
    account.edited([conflict.recordId]);
  }

  /** Decides about a whole record. Throws `noSuchConflict`, `notRestorable`, and where a place is needed as `create`. */
  async decide(id: string, decision: 'keep' | 'drop', place: Place | null): Promise<void> {
    const account = this.#current();
    const { mirror } = account;
    const conflict = conflictOf(account, id);
    const at = this.#now();
    if (conflict.sealed !== null && decision === 'keep') {
      this.#makeRecordOf(account, conflict, place, at);
      return account.edited(null);
    }
    const how = { decision, at, serverRestores: serverRestores(mirror) };
    const idle = mirror.durable(() => decide(mirror, id, how));
    account.edited(null);
    await removeIdleFiles(account.mirror, account.files, idle);
  }

  #makeRecordOf(account: OpenAccount, conflict: StoredConflict, place: Place | null, at: number): void {
    if (place === null) throw new StrongroomError('noSuchVault');
    const { mirror } = account;
    const target = checkedPlace(account, place);
    const typed = account.typedOf(conflict.id);
    const { key, keyWrapped } = account.seals.newKey(place.vaultId);
    try {
      const record = recordOfTyped(
        { ...emptyRecord(account, target), keyWrapped },
        conflict.name,
        typed,
        key,
      );
      mirror.durable(() => {
        mirror.records.upsertMany([record]);
        sendAsNew(mirror, record, at);
        forgetTyped(mirror, conflict.id);
      });
    } finally {
      if (key) wipe(key);
    }
  }
}

function conflictOf({ mirror }: OpenAccount, id: string): StoredConflict {
  const conflict = mirror.conflicts.get(id);
  if (conflict === null) throw new StrongroomError('noSuchConflict');
  return conflict;
}

function fieldsOf({ mirror }: OpenAccount, conflict: StoredConflict): readonly ConflictedField[] {
  if (conflict.kind === 'fields') return conflict.fields;
  const row = mirror.records.get(conflict.recordId);
  return row === null ? [] : changedSides(mirror.bases.record(conflict.recordId) ?? null, row);
}

/** Runs `use` with the record's key; a key that does not open leaves every secret broken. */
function withFaces<T>(
  account: OpenAccount,
  { recordId }: StoredConflict,
  use: (faces: ConflictFaces, key: RecordKey | null) => T,
): T {
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  if (record.keyWrapped === null) return use(new ConflictFaces(account.mirror, null), null);
  return account.secrets.withRecordKey(record, (key) => use(new ConflictFaces(account.mirror, key), key));
}

function recordOfTyped(
  empty: StoredRecord,
  formerName: string,
  typed: TypedRecord,
  key: RecordKey | null,
): StoredRecord {
  const seal = (text: string): string => sealText(Buffer.from(text, 'utf8'), key);
  const {
    name = formerName,
    login = '',
    urls = [],
    description = '',
    tags = [],
    color = 0,
    password,
  } = typed;
  return {
    ...empty,
    name,
    login,
    urls,
    description,
    tags,
    color,
    passwordEncrypted: password ? seal(password) : null,
    customs: typed.customs.map((field) => ({
      name: seal(field.name),
      value: seal(field.value),
      type: seal(field.type),
    })),
    attachments: typed.files.map((file): StoredAttachment => {
      const { localFile, size, hash } = file;
      const encryptedKey = fileKey(file.key, key);
      return { id: newId(), serverId: null, name: file.name, encryptedKey, hash, size, localFile };
    }),
  };
}

function fileKey(text: string | null, key: RecordKey | null): string {
  if (text === null || key === null) return PLAIN_ATTACHMENT_KEY;
  const bytes = asAttachmentKey(Buffer.from(text, 'utf8'));
  try {
    return sealAttachmentKey(bytes, key);
  } finally {
    wipe(bytes);
  }
}
