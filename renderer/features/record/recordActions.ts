/**
 * What a person does to a record from outside its form. Each is safe on this device when it
 * answers; what takes something away offers the way back instead of asking first.
 */
import type { Place } from '../../../contract/editing.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useList } from '../list/list.ts';
import { usePlaces } from '../places/places.ts';
import { useTree } from '../tree/tree.ts';

/** What an action needs to know of its record. */
export interface ActedOn {
  readonly id: string;
  readonly name: string;
}

export function useRecordActions() {
  const { t } = i18n.global;
  const format = useFormat();
  const list = useList();
  const tree = useTree();
  const places = usePlaces();
  const toasts = useToasts();

  const complain = (failure: Failure): void => toasts.say('bad', format.failure(failure));

  /** True if it was done; a failure is shown. */
  async function tell(call: Promise<Result<unknown>>): Promise<boolean> {
    const answer = await call;
    if (!answer.ok) complain(answer.error);
    return answer.ok;
  }

  const nameOf = (record: ActedOn): string => record.name || t('list.nameless');

  async function restore(ids: readonly string[]): Promise<void> {
    if (await tell(bridge().bin.restore({ ids: [...ids] }))) {
      const [first] = ids;
      if (first !== undefined) list.view?.choose(first);
    }
  }

  /** To the bin; the list goes on with the record that takes its line. */
  async function remove(record: ActedOn): Promise<void> {
    const next = list.neighbour(record.id);
    const answer = await bridge().editing.remove({ recordIds: [record.id] });
    if (!answer.ok) return complain(answer.error);
    if (list.selectedId === record.id) list.view?.choose(next);
    toasts.say('info', t('actions.removed', { name: nameOf(record) }), {
      text: t('actions.undo'),
      run: () => void restore([record.id]),
    });
  }

  async function askPlace(kind: 'move' | 'copy', from: Place | null): Promise<Place | null> {
    return places.ask({
      title: t(`places.title.${kind}`),
      confirm: t(`places.confirm.${kind}`),
      what: 'records',
      folderId: null,
      vaultId: null,
      from: kind === 'move' ? from : null,
    });
  }

  async function move(record: ActedOn, from: Place | null): Promise<void> {
    const to = await askPlace('move', from);
    if (!to || !(await tell(bridge().editing.move({ recordIds: [record.id], to })))) return;
    const back = from && {
      text: t('actions.undo'),
      run: () => void tell(bridge().editing.move({ recordIds: [record.id], to: from })),
    };
    const place = tree.namesOf(to).join(' › ');
    toasts.say('info', t('actions.moved', { name: nameOf(record), place }), back);
  }

  async function copy(record: ActedOn): Promise<void> {
    const to = await askPlace('copy', null);
    if (!to) return;
    const answer = await bridge().editing.copy({ recordIds: [record.id], to });
    if (!answer.ok) return complain(answer.error);
    const [made] = answer.value.recordIds;
    const place = tree.namesOf(to).join(' › ');
    toasts.say(
      'info',
      t('actions.copied', { name: nameOf(record), place }),
      made === undefined ? null : { text: t('actions.show'), run: () => list.view?.choose(made) },
    );
  }

  return {
    remove,
    move,
    copy,
    setFavourite: (record: ActedOn, favourite: boolean) =>
      tell(bridge().editing.setFavourite({ recordIds: [record.id], favourite })),
    setColor: (record: ActedOn, color: number) =>
      tell(bridge().editing.setColor({ recordIds: [record.id], color })),
    changeTags: (record: ActedOn, add: readonly string[], taken: readonly string[]) =>
      tell(bridge().editing.changeTags({ recordIds: [record.id], add: [...add], remove: [...taken] })),
  };
}
