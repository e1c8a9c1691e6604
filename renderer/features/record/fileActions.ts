/** What a person does with files that are on a record. A failure is said where it happens. */
import type { Failure } from '../../../contract/index.ts';
import type { AttachmentView } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useSettings } from '../settings/settings.ts';

export type ActedOnFile = Pick<AttachmentView, 'id' | 'name'>;

export function useFileActions(recordId: () => string) {
  const { t } = i18n.global;
  const format = useFormat();
  const toasts = useToasts();
  const questions = useQuestions();
  const settings = useSettings();

  function complain(failure: Failure): void {
    if (failure.code !== 'cancelled') toasts.say('bad', format.failure(failure));
  }

  /** To a place that the person picks in the system's own dialog. */
  async function save(attachmentId: string): Promise<void> {
    const answer = await bridge().attachments.saveAs({ recordId: recordId(), attachmentId });
    if (!answer.ok) complain(answer.error);
    else if (answer.value.saved) toasts.say('info', t('files.saved'));
  }

  /** Every file of the record into one folder; those that could not be had are named. */
  async function saveAll(): Promise<void> {
    const answer = await bridge().files.saveAll({ recordId: recordId() });
    if (!answer.ok) return complain(answer.error);
    const { chosen, saved, failed } = answer.value;
    if (!chosen) return;
    if (saved > 0) toasts.say('info', format.counted('files.savedAll', saved));
    if (failed.length > 0) toasts.say('bad', t('files.notSaved', { names: failed.join(', ') }));
  }

  /** True if the file has the name now. */
  async function rename(file: ActedOnFile, name: string): Promise<boolean> {
    const wanted = name.trim();
    if (wanted === file.name) return true;
    const answer = await bridge().files.rename({
      recordId: recordId(),
      attachmentId: file.id,
      name: wanted,
    });
    if (!answer.ok) complain(answer.error);
    return answer.ok;
  }

  /** Asked first, since a file that is taken off its record does not go to the bin. True if it was. */
  async function remove({ id: attachmentId, name }: ActedOnFile): Promise<boolean> {
    const sure = await questions.confirm({
      title: t('files.removeTitle'),
      text: t('files.removeText', { name }),
      confirm: t('files.removeConfirm'),
      danger: true,
    });
    if (!sure) return false;
    const answer = await bridge().attachments.remove({ recordId: recordId(), attachmentId });
    if (!answer.ok) complain(answer.error);
    return answer.ok;
  }

  /** The first time it is only told what dragging out means; the drag is over by then. */
  async function dragOut({ id }: ActedOnFile): Promise<void> {
    const answer = await bridge().files.dragOut({ recordId: recordId(), attachmentIds: [id] });
    if (!answer.ok) return complain(answer.error);
    if (!answer.value.toldFirst) return;
    const understood = await questions.confirm({
      title: t('files.dragTitle'),
      text: t('files.dragText'),
      confirm: t('files.dragConfirm'),
    });
    if (understood) await settings.update({ dragOutTold: true });
  }

  return { save, saveAll, rename, remove, dragOut };
}
