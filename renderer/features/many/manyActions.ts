/**
 * What is done with all marked records at once, or with the one in the pane where none is marked.
 * The bridge takes a thousand at a time; the first portion that fails ends it, and what was done
 * before it stays done and is said.
 */
import type { Place } from '../../../contract/editing.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { sharingBounds } from '../../../contract/sharing.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { type ToastAction, useToasts } from '../../ui/toasts.ts';
import { useExporting } from '../exchange/exporting.ts';
import { useList } from '../list/list.ts';
import { usePlaces } from '../places/places.ts';
import { useSharing } from '../sharing/sharing.ts';
import { useTree } from '../tree/tree.ts';
import { useMarking } from './marking.ts';
import { useTagging } from './tagging.ts';

/** What one call over the bridge takes at most. */
const portionSize = 1000;

/** Single records that one export takes; whoever wants more exports a folder or vault. */
const exportedAtMost = 10_000;

type Verb = (recordIds: string[]) => Promise<Result<unknown>>;

export function useManyActions() {
  const { t } = i18n.global;
  const format = useFormat();
  const list = useList();
  const tree = useTree();
  const places = usePlaces();
  const toasts = useToasts();
  const marking = useMarking();
  const tagging = useTagging();
  const exporting = useExporting();
  const sharing = useSharing();

  const complain = (failure: Failure): void => toasts.say('bad', format.failure(failure));

  function targets(): string[] {
    if (marking.count > 0) return [...marking.ids];
    return list.selectedId === null ? [] : [list.selectedId];
  }

  /** Gives the ids for which it was done; a failure is shown. */
  async function each(ids: readonly string[], verb: Verb): Promise<string[]> {
    const done: string[] = [];
    for (let at = 0; at < ids.length; at += portionSize) {
      let portion = ids.slice(at, at + portionSize);
      let answer = await verb(portion);
      if (!answer.ok && answer.error.code === 'noSuchRecord') {
        // A sync has taken some of them away since they were marked: the others are still meant.
        const left = await marking.stillHere(portion);
        if (left.length < portion.length) [portion, answer] = [left, await verb(left)];
      }
      if (!answer.ok) {
        complain(answer.error);
        break;
      }
      done.push(...portion);
    }
    return done;
  }

  function tell(
    key: string,
    done: readonly string[],
    more: Record<string, string> = {},
    back: ToastAction | null = null,
  ): void {
    if (done.length === 0) return;
    const count = format.number(done.length);
    toasts.say('info', t(`many.${key}`, { ...more, count }, done.length), back);
  }

  async function askPlace(kind: 'move' | 'copy', count: number): Promise<Place | null> {
    return places.ask({
      title: t(`many.title.${kind}`, { count: format.number(count) }, count),
      confirm: t(`places.confirm.${kind}`),
      what: 'records',
      folderId: null,
      vaultId: null,
      from: null,
    });
  }

  /** To a place that is named already, as by dropping them there. */
  async function moveTo(ids: readonly string[], to: Place): Promise<void> {
    const done = await each(ids, (recordIds) => bridge().editing.move({ recordIds, to }));
    if (done.length > 0) marking.clear();
    tell('moved', done, { place: tree.namesOf(to).join(' › ') });
  }

  async function move(): Promise<void> {
    const ids = targets();
    const to = await askPlace('move', ids.length);
    if (to) await moveTo(ids, to);
  }

  async function copy(): Promise<void> {
    const ids = targets();
    const to = await askPlace('copy', ids.length);
    if (!to) return;
    const done = await each(ids, (recordIds) => bridge().editing.copy({ recordIds, to }));
    tell('copied', done, { place: tree.namesOf(to).join(' › ') });
  }

  async function remove(): Promise<void> {
    const done = await each(targets(), (recordIds) => bridge().editing.remove({ recordIds }));
    if (done.length === 0) return;
    marking.clear();
    if (list.selectedId !== null && done.includes(list.selectedId)) list.view?.choose(null);
    const back = {
      text: t('actions.undo'),
      run: () => void each(done, (ids) => bridge().bin.restore({ ids })),
    };
    tell('removed', done, {}, back);
  }

  async function setFavourite(favourite: boolean): Promise<void> {
    const done = await each(targets(), (recordIds) =>
      bridge().editing.setFavourite({ recordIds, favourite }),
    );
    tell(favourite ? 'favourites' : 'noFavourites', done);
  }

  async function setColor(color: number): Promise<void> {
    tell('coloured', await each(targets(), (recordIds) => bridge().editing.setColor({ recordIds, color })));
  }

  /** False when there is nothing to tag. */
  function askTags(): boolean {
    const ids = targets();
    if (ids.length === 0) return false;
    void tagging.ask(ids.length).then(async (change) => {
      if (!change) return;
      const done = await each(ids, (recordIds) => bridge().editing.changeTags({ recordIds, ...change }));
      tell('tagged', done);
    });
    return true;
  }

  /** The dialog of the export asks the rest. */
  function exportThem(): void {
    const recordIds = targets();
    if (recordIds.length > exportedAtMost) {
      toasts.say('bad', t('many.exportTooMany', { limit: format.number(exportedAtMost) }));
    } else if (recordIds.length > 0) {
      const name = format.counted('list.count', recordIds.length);
      exporting.begin({ scope: { kind: 'records', recordIds }, name });
    }
  }

  /** The dialog asks whom. */
  function share(): void {
    const recordIds = targets();
    const limit = sharingBounds.records;
    if (recordIds.length > limit) toasts.say('bad', t('many.shareTooMany', { limit: format.number(limit) }));
    else if (recordIds.length > 0) void sharing.open({ recordIds, name: '' });
  }

  return { share, exportThem, move, moveTo, copy, remove, setFavourite, setColor, askTags };
}
