/** The two ways on of a conflict that is not about single fields; what loses something is asked once. */
import type { ConflictView } from '../../../contract/conflicts.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { usePlaces } from '../places/places.ts';
import { useConflicts } from './conflicts.ts';
import { useFieldWords } from './fieldWords.ts';

export function useDecisions() {
  const { t } = i18n.global;
  const conflicts = useConflicts();
  const places = usePlaces();
  const questions = useQuestions();
  const toasts = useToasts();
  const words = useFieldWords();

  /** What was typed needs a place of its own where its old one is closed. */
  const needsPlace = ({ kind }: ConflictView): boolean => kind === 'vaultLost' || kind === 'refused';

  async function finish(
    view: ConflictView,
    decision: 'keep' | 'drop',
    place: Parameters<typeof conflicts.decide>[1],
  ) {
    if (await conflicts.decide(decision, place)) {
      toasts.say('info', t('conflicts.resolved', { name: view.name || t('list.nameless') }));
    }
  }

  async function keep(view: ConflictView): Promise<void> {
    if (!needsPlace(view)) return finish(view, 'keep', null);
    const place = await places.ask({
      title: t('places.title.create'),
      confirm: t('places.confirm.create'),
      what: 'records',
      folderId: null,
      vaultId: null,
      from: null,
    });
    if (place) await finish(view, 'keep', place);
  }

  async function drop(view: ConflictView): Promise<void> {
    const fields = view.fields.map((field) => words.label(field)).join(', ');
    const name = view.name || t('list.nameless');
    const sure = await questions.confirm({
      title: t(`conflicts.sure.${view.kind}.title`, { name }),
      text: t(`conflicts.sure.${view.kind}.text`, { name, fields }),
      confirm: t(`conflicts.drop.${view.kind}`),
      danger: true,
    });
    if (sure) await finish(view, 'drop', null);
  }

  return { keep, drop };
}
