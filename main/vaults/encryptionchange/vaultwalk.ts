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
  /** Told of each record that does not open, once. */
  readonly unreadable: (recordName: string) => void;
}

interface Skipped {
  /** Objects in the state in which they did not open. */
  readonly states: Set<string>;
  readonly records: Set<string>;
}

/**
 * Resolves true when everything has its new form; false where something does not open.
 * @throws StrongroomError `rekeyingGone` if the vault was begun anew elsewhere,
 * `encryptionChangeGone`, `encryptionChangeIncomplete` if it is written faster than it is converted,
 * `cancelled`, network codes
 */
export async function walkVault(walk: VaultWalk): Promise<boolean> {
  const skipped: Skipped = { states: new Set(), records: new Set() };
  for (let round = 0; round < mostRounds; round += 1) {
    if ((await convertMissing(walk, skipped)) === 0) return skipped.states.size === 0;
  }
  throw new StrongroomError('encryptionChangeIncomplete');
}

/** One round; gives how many objects were put by. */
async function convertMissing(walk: VaultWalk, skipped: Skipped): Promise<number> {
  const { client, of, signal } = walk;
  let count = 0;
  let place: ConversionPlace | null = { kind: 'item', after: null };
  while (place !== null) {
    await requireStands(walk);
    const { items, next }: Awaited<ReturnType<typeof readConvertible>> = await readConvertible(
      ...([client, of.vaultId, place, signal] as const),
    );
    const converted = await convertAll(walk, items, skipped);
    if (converted.length > 0) {
      // Between reading and putting by, somebody else may have begun anew under another key.
      await requireStands(walk);
      walk.progress(await putConverted(client, of, converted, signal));
    }
    count += converted.length;
    place = next;
  }
  return count;
}

async function convertAll(
  walk: VaultWalk,
  objects: readonly ConvertibleObject[],
  skipped: Skipped,
): Promise<ConvertedObject[]> {
  const converted: ConvertedObject[] = [];
  for (const object of objects) {
    if (skipped.states.has(stateOf(object))) continue;
    await nextTurn();
    if (walk.signal.aborted) throw new StrongroomError('cancelled');
    try {
      converted.push(await convertObject(walk, object, walk.keys));
    } catch (failure) {
      if (!isUnreadable(failure)) throw failure;
      skipped.states.add(stateOf(object));
      if (!skipped.records.has(object.itemId)) walk.unreadable(object.name);
      skipped.records.add(object.itemId);
    }
  }
  return converted;
}

const stateOf = ({ kind, id, state }: ConvertibleObject): string => `${kind} ${id} ${state}`;

/** What is wrong with the object itself: it may not hold up everything else. */
const faults: ReadonlySet<ErrorCode> = new Set(['undecipherable', 'attachmentHashMismatch', 'fileTooLarge']);

function isUnreadable(failure: unknown): boolean {
  return failure instanceof KeychainError || (failure instanceof StrongroomError && faults.has(failure.code));
}

/** What is sealed under one vault key must never be put by for another. */
async function requireStands({ client, of, signal }: VaultWalk): Promise<void> {
  const state = await readVaultEncryption(client, of.vaultId, signal);
  if (state === null) throw new StrongroomError('encryptionChangeGone');
  if (state.id !== of.id) throw new StrongroomError('rekeyingGone');
}
