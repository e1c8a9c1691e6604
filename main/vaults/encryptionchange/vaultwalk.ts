/**
 * The walk through everything of one vault that has no new form yet. The server keeps what is done,
 * so a walk goes on wherever it was cut; what is written meanwhile comes up again.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { KeychainError } from '../../keychain/index.ts';
import { putConverted, readConvertible, readVaultEncryption } from '../../remote/index.ts';
import type { ConversionPlace, ConvertedObject, ConvertibleObject } from '../../remote/index.ts';
import type { FilePlace } from './fileconversion.ts';
import { convertObject } from './objectconversion.ts';
import type { ObjectKeys } from './objectconversion.ts';

/** Records are written meanwhile by others: so often the walk is begun anew for what is missing. */
const mostRounds = 20;

export interface VaultWalk extends FilePlace {
  readonly keys: ObjectKeys;
  /** Told how many objects are done. */
  readonly progress: (done: number) => void;
  /** Told of each record that has no other form, once. */
  readonly unreadable: (recordName: string) => void;
}

/**
 * Resolves true when everything has its new form; false where something cannot be given one.
 * @throws StrongroomError `rekeyingGone` if the vault was begun anew elsewhere,
 * `encryptionChangeGone`, `encryptionChangeIncomplete` if it is written faster than it is converted,
 * `cancelled`, network codes
 */
export async function walkVault(walk: VaultWalk): Promise<boolean> {
  const left = new LeftOut(walk);
  for (let round = 0; round < mostRounds; round += 1) {
    if (!(await convertMissing(walk, left))) return left.isEmpty;
  }
  throw new StrongroomError('encryptionChangeIncomplete');
}

/** Objects that cannot be given another form in the state that they are in. */
class LeftOut {
  readonly #states = new Set<string>();
  readonly #records = new Set<string>();
  readonly #walk: VaultWalk;

  constructor(walk: VaultWalk) {
    this.#walk = walk;
  }

  get isEmpty(): boolean {
    return this.#states.size === 0;
  }

  has({ kind, id, state }: ConvertibleObject): boolean {
    return this.#states.has(`${kind} ${id} ${state}`);
  }

  add({ kind, id, state, itemId, name }: ConvertibleObject): void {
    this.#states.add(`${kind} ${id} ${state}`);
    if (!this.#records.has(itemId)) this.#walk.unreadable(name);
    this.#records.add(itemId);
  }
}

/** An object beside its new form. */
interface Pair {
  readonly object: ConvertibleObject;
  readonly converted: ConvertedObject;
}

/** One round; true if there was anything to do in it. */
async function convertMissing(walk: VaultWalk, left: LeftOut): Promise<boolean> {
  const { client, of, signal } = walk;
  let isChanged = false;
  let place: ConversionPlace | null = { kind: 'item', after: null };
  while (place !== null) {
    if (signal.aborted) throw new StrongroomError('cancelled');
    const { items, next }: Awaited<ReturnType<typeof readConvertible>> = await whileBegun(
      walk,
      readConvertible(client, of.vaultId, place, signal),
    );
    isChanged ||= items.some((object) => !left.has(object));
    await putBy(walk, await convertAll(walk, items, left), left);
    place = next;
  }
  return isChanged;
}

async function convertAll(
  walk: VaultWalk,
  objects: readonly ConvertibleObject[],
  left: LeftOut,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const object of objects) {
    if (left.has(object)) continue;
    await nextTurn();
    if (walk.signal.aborted) throw new StrongroomError('cancelled');
    try {
      pairs.push({ object, converted: await convertObject(walk, object, walk.keys) });
    } catch (failure) {
      if (isUnreadable(failure)) left.add(object);
      // A file that is gone: the record was changed meanwhile, and comes up again as it is now.
      else if (codeOf(failure) === 'notFound') await requireBegun(walk);
      else throw failure;
    }
  }
  return pairs;
}

/** Puts a portion by; of one that is refused each by itself, so that one object does not hold up the others. */
async function putBy(walk: VaultWalk, pairs: readonly Pair[], left: LeftOut): Promise<void> {
  const [first] = pairs;
  if (first === undefined) return;
  const objects = pairs.map(({ converted }) => converted);
  try {
    walk.progress(await whileBegun(walk, putConverted(walk.client, walk.of, objects, walk.signal)));
  } catch (failure) {
    if (!isRefusal(failure)) throw failure;
    if (pairs.length === 1) left.add(first.object);
    else for (const pair of pairs) await putBy(walk, [pair], left);
  }
}

const codeOf = (failure: unknown): ErrorCode | null =>
  failure instanceof StrongroomError ? failure.code : null;

/** What is wrong with the object itself: it may not hold up everything else. */
const faults: ReadonlySet<ErrorCode | null> = new Set([
  'undecipherable',
  'attachmentHashMismatch',
  'fileTooLarge',
]);

function isUnreadable(failure: unknown): boolean {
  return failure instanceof KeychainError || faults.has(codeOf(failure));
}

/** A content that the server does not keep: in its other form it may be too large. */
function isRefusal(failure: unknown): boolean {
  if (!(failure instanceof StrongroomError) || failure.code !== 'badAnswer') return false;
  const { status } = failure.params;
  return status === 400 || status === 413 || status === 422;
}

/** What is not found may mean that it was given up, or begun anew under another key. */
async function whileBegun<T>(walk: VaultWalk, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (codeOf(failure) === 'notFound') await requireBegun(walk);
    throw failure;
  }
}

/** Throws `encryptionChangeGone`, or `rekeyingGone` if the vault was begun anew. */
async function requireBegun({ client, of, signal }: VaultWalk): Promise<void> {
  const state = await readVaultEncryption(client, of.vaultId, signal);
  if (state === null) throw new StrongroomError('encryptionChangeGone');
  if (state.id !== of.id) throw new StrongroomError('rekeyingGone');
}
