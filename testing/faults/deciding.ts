/**
 * A person who decides at random: about conflicts, and about changes that the server refused.
 * What a decision lets go is read from the device first and written down as dropped.
 */
import type { StoredConflict } from '../../main/mirror/outboxmodel.ts';
import { mineOf, openRecord } from './contents.ts';
import type { Hands } from './hands.ts';
import { markersIn, tokensIn, valuesIn } from './tokens.ts';

/** How many of each kind were decided. */
export type Decided = Map<string, number>;

const count = (decided: Decided, what: string): void => void decided.set(what, (decided.get(what) ?? 0) + 1);

/** Every text of the record as this device shows it, in the lists or the bin; none where it is in neither. */
async function rowTexts(hands: Hands, recordId: string): Promise<string[]> {
  const { mirror } = hands.account;
  const record = mirror.records.get(recordId) ?? mirror.bin.get(recordId)?.record ?? null;
  return record === null ? [] : hands.textsOf(record);
}

async function resolveFields(hands: Hands, conflict: StoredConflict): Promise<boolean> {
  const { fields } = await hands.app.ask('conflicts', 'read', { id: conflict.id });
  const picks = fields.map(({ key, canKeepBoth }) => ({
    key,
    pick: hands.choices.pick(
      canKeepBoth ? (['mine', 'theirs', 'both', 'both'] as const) : (['mine', 'theirs'] as const),
    ),
  }));
  const theirs = new Set(picks.filter(({ pick }) => pick === 'theirs').map(({ key }) => key));
  const kinds = new Set(conflict.fields.filter(({ key }) => theirs.has(key)).map(({ kind }) => kind));
  const dropped = valuesIn([
    ...mineOf(hands.account, conflict, theirs),
    ...fieldTexts(hands, conflict, kinds),
  ]);
  return hands.act({ kind: 'resolve', dropped }, () =>
    hands.app.ask('conflicts', 'resolve', { id: conflict.id, picks }),
  );
}

/** What the row shows in the fields that are given up: it may have been typed since the conflict came up. */
function fieldTexts(
  hands: Hands,
  conflict: StoredConflict,
  kinds: ReadonlySet<StoredConflict['fields'][number]['kind']>,
): string[] {
  const record = hands.account.mirror.records.get(conflict.recordId);
  if (record === null) return [];
  const opened = openRecord(hands.account, record);
  return [
    ...(kinds.has('name') ? [record.name] : []),
    ...(kinds.has('login') ? [record.login] : []),
    ...(kinds.has('description') ? [record.description] : []),
    ...(kinds.has('urls') ? record.urls : []),
    ...(kinds.has('password') ? [opened.password ?? ''] : []),
  ];
}

async function decideWhole(hands: Hands, conflict: StoredConflict): Promise<boolean> {
  const decision = hands.choices.pick(['keep', 'keep', 'drop'] as const);
  const texts = await rowTexts(hands, conflict.recordId);
  const dropped = decision === 'drop' && conflict.kind === 'deletedThere' ? valuesIn(texts) : [];
  // A server without a bin has it once more, beside the deleted one.
  const copied = decision === 'keep' ? markersIn(tokensIn(texts)) : [];
  return hands.act({ kind: `decide ${conflict.kind} ${decision}`, dropped, copied }, () =>
    hands.app.ask('conflicts', 'decide', { id: conflict.id, decision, place: null }),
  );
}

/** Decides some or all conflicts. */
export async function decideConflicts(hands: Hands, decided: Decided, atMost = Infinity): Promise<void> {
  for (const conflict of hands.account.mirror.conflicts.all().slice(0, atMost)) {
    const done = await (conflict.kind === 'fields' ? resolveFields : decideWhole)(hands, conflict);
    if (done) count(decided, conflict.kind);
  }
}

/** Tries changes that the server refused again, or gives them up. */
export async function decideHeld(hands: Hands, decided: Decided, mayRetry: boolean): Promise<void> {
  const { mirror } = hands.account;
  for (const { id } of mirror.outbox.all().filter(({ state }) => state === 'held')) {
    const operation = mirror.outbox.get(id);
    if (operation?.state !== 'held') continue;
    count(decided, `held: ${operation.change.kind}, ${operation.problem?.code ?? 'no reason'}`);
    if (mayRetry && hands.choices.oneIn(2)) {
      const shown = operation.object === 'folder' ? mirror.bases.folder(operation.objectId) : null;
      const forgotten = valuesIn([shown?.name ?? '']);
      await hands.act({ kind: 'retry', forgotten }, () => hands.app.ask('sync', 'retry', { id }));
      continue;
    }
    const folder = operation.object === 'folder' ? mirror.folders.get(operation.objectId) : null;
    // Those that were made after it go with it.
    const renamed = mirror.outbox
      .ofObject(operation.object, operation.objectId)
      .flatMap(({ change, seq }) =>
        change.kind === 'renameFolder' && seq >= operation.seq ? [change.name] : [],
      );
    const texts = [...(await rowTexts(hands, operation.objectId)), folder?.name ?? '', ...renamed];
    const made = tokensIn(texts).filter((token) => !token.startsWith('zq'));
    const isNew = operation.change.kind === 'create' || operation.change.kind === 'createFolder';
    const act = { kind: 'discard', dropped: valuesIn(texts), unmade: isNew ? made : [] };
    await hands.act(act, () => hands.app.ask('sync', 'discard', { id }));
  }
}
