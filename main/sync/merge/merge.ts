/**
 * The three-way merge of a record that was changed here and on the server since both agreed.
 *
 * It works by field: what one side changed is taken, and where both changed the same field to
 * different values a conflict keeps all sides, mine being shown until a person has chosen. No
 * typed value is dropped. Nothing is decrypted here; the caller, who has the keys, says which
 * ciphertexts hold the same text. If the record key itself was changed on the server, the caller
 * encrypts mine anew under theirs first.
 */
import type { StoredRecord } from '../../mirror/model.ts';
import type { ConflictedField, RecordFields, StoredPlace } from '../../mirror/outboxmodel.ts';
import { mergeAttachments } from './mergeattachments.ts';
import { choose, type Choice } from './mergechoice.ts';
import { mergeCustoms } from './mergecustoms.ts';
import { mergedSet, replacedTwice, sameList } from './mergelists.ts';
import type { Sameness } from './mergematch.ts';

export type { Sameness } from './mergematch.ts';

/** `base` is the last state that was settled with the server. */
export interface MergeSides {
  readonly base: StoredRecord;
  readonly mine: StoredRecord;
  readonly theirs: StoredRecord;
}

export interface Merge {
  /** The record to show: everything that needs no choice, and mine where one is needed. */
  readonly merged: StoredRecord;
  readonly conflicts: readonly ConflictedField[];
  /** Fields of `merged` that differ from theirs and are not conflicted: what is still to be sent. */
  readonly toSend: RecordFields;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/** Merges the sides of one record; see the head of this file. */
export function mergeRecords(sides: MergeSides, same: Sameness): Merge {
  const merging = new Merging(sides, same);
  const { base, mine, theirs } = sides;
  const merged: StoredRecord = {
    ...theirs,
    id: mine.id,
    name: merging.text('name'),
    login: merging.text('login'),
    description: merging.text('description'),
    color: merging.color(),
    urls: merging.urls(),
    tags: merging.tags(),
    passwordEncrypted: merging.password(),
    customs: merging.customs(),
    attachments: mergeAttachments(base.attachments, mine.attachments, theirs.attachments),
    favourite: mine.favourite === base.favourite ? theirs.favourite : mine.favourite,
    ...merging.place(),
  };
  return { merged, conflicts: merging.conflicts, toSend: merging.toSend };
}

/** One merge under way: each method gives the value to show and notes what is to be sent or decided. */
class Merging {
  readonly conflicts: ConflictedField[] = [];
  readonly toSend: Writable<RecordFields> = {};
  readonly #sides: MergeSides;
  readonly #same: Sameness;

  constructor(sides: MergeSides, same: Sameness) {
    this.#sides = sides;
    this.#same = same;
  }

  text(kind: 'name' | 'login' | 'description'): string {
    const sides = this.#sidesOf(kind);
    const { value, choice } = chosen(sides, identical);
    if (choice === 'clash') this.conflicts.push({ key: kind, kind, sides });
    if (choice === 'mine') this.toSend[kind] = value;
    return value;
  }

  color(): number {
    const sides = this.#sidesOf('color');
    const { value, choice } = chosen(sides, identical);
    if (choice === 'clash') this.conflicts.push({ key: 'color', kind: 'color', sides });
    if (choice === 'mine') this.toSend.color = value;
    return value;
  }

  /** Both sides may add and remove; only an address that both replaced is a person's to choose. */
  urls(): readonly string[] {
    const sides = this.#sidesOf('urls');
    const { ancestor, mine, theirs } = sides;
    const { value, choice } = chosen(sides, sameList);
    if (choice === 'clash' && replacedTwice(ancestor, mine, theirs)) {
      this.conflicts.push({ key: 'urls', kind: 'urls', sides });
      return mine;
    }
    const urls = choice === 'clash' ? mergedSet(ancestor, mine, theirs) : value;
    if (!sameList(urls, theirs)) this.toSend.urls = urls;
    return urls;
  }

  /** Tags never clash: each stands for itself. */
  tags(): readonly string[] {
    const sides = this.#sidesOf('tags');
    const { ancestor, mine, theirs } = sides;
    const { value, choice } = chosen(sides, sameList);
    const tags = choice === 'clash' ? mergedSet(ancestor, mine, theirs) : value;
    if (!sameList(tags, theirs)) this.toSend.tags = tags;
    return tags;
  }

  password(): string | null {
    const sides = this.#sidesOf('passwordEncrypted');
    const { value, choice } = chosen(sides, (a, b) => a === b || this.#same.secret(a, b));
    if (choice === 'clash') this.conflicts.push({ key: 'password', kind: 'password', sides });
    if (choice === 'mine') this.toSend.passwordEncrypted = value;
    return value;
  }

  customs(): StoredRecord['customs'] {
    const { ancestor, mine, theirs } = this.#sidesOf('customs');
    const { merged, conflicts, undisputed } = mergeCustoms(ancestor, mine, theirs, this.#same);
    this.conflicts.push(...conflicts);
    if (!sameList(undisputed, theirs)) this.toSend.customs = undisputed;
    return merged;
  }

  /**
   * Where the record lies, and the wrapped key that opens it there: theirs in the vault where it
   * lies on the server, mine in another one to which it was moved here.
   */
  place(): Pick<StoredRecord, 'vaultId' | 'folderId' | 'keyWrap' | 'keyWrapped' | 'vaultKeyWrapped'> {
    const sides: RequiredSides<StoredPlace | null> = {
      ancestor: placeOf(this.#sides.base),
      mine: placeOf(this.#sides.mine),
      theirs: placeOf(this.#sides.theirs),
    };
    const { ancestor, mine, theirs } = sides;
    const { value, choice } = chosen(sides, samePlace);
    if (choice === 'clash' && ancestor !== null && mine !== null && theirs !== null)
      this.conflicts.push({ key: 'place', kind: 'place', sides: { ancestor, mine, theirs } });
    const holder = value?.vaultId === theirs?.vaultId ? this.#sides.theirs : this.#sides.mine;
    const { keyWrap, keyWrapped, vaultKeyWrapped } = holder;
    const place = { vaultId: value?.vaultId ?? null, folderId: value?.folderId ?? null };
    return { ...place, keyWrap, keyWrapped, vaultKeyWrapped };
  }

  #sidesOf<Member extends keyof StoredRecord>(member: Member): RequiredSides<StoredRecord[Member]> {
    const { base, mine, theirs } = this.#sides;
    return { ancestor: base[member], mine: mine[member], theirs: theirs[member] };
  }
}

interface RequiredSides<T> {
  readonly ancestor: T;
  readonly mine: T;
  readonly theirs: T;
}

const identical = <T>(a: T, b: T): boolean => a === b;

/** The value that counts; mine in a clash. */
function chosen<T>(
  { ancestor, mine, theirs }: RequiredSides<T>,
  same: (a: T, b: T) => boolean,
): { readonly value: T; readonly choice: Choice } {
  const choice = choose(ancestor, mine, theirs, same);
  return { value: choice === 'theirs' ? theirs : mine, choice };
}

/** Null for an inbox entry, which lies in no vault. */
function placeOf({ vaultId, folderId }: StoredRecord): StoredPlace | null {
  return vaultId === null ? null : { vaultId, folderId };
}

function samePlace(a: StoredPlace | null, b: StoredPlace | null): boolean {
  return a?.vaultId === b?.vaultId && a?.folderId === b?.folderId;
}
