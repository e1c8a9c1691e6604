/**
 * Whether a record is being edited or made, and the question before anything typed is left
 * behind. What was typed itself lives in the form, since part of it is secret.
 */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Place } from '../../../contract/editing.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useWorkspace } from '../workspace/workspace.ts';

export type EditorTarget =
  | { readonly kind: 'create'; readonly place: Place | null }
  | { readonly kind: 'edit'; readonly recordId: string };

/** What the form lends to whoever asks before leaving: saving tells whether it worked. */
export type SaveForm = () => Promise<boolean>;

export const useEditor = defineStore('editor', () => {
  const target = shallowRef<EditorTarget | null>(null);
  /** Something was typed or changed that is not saved. */
  const touched = ref(false);
  const questions = useQuestions();
  const workspace = useWorkspace();
  const { t } = i18n.global;
  let save: SaveForm | null = null;

  function close(): void {
    target.value = null;
    touched.value = false;
    save = null;
  }

  /** The form is there: how it is saved when the person answers so. */
  function attach(how: SaveForm): void {
    save = how;
  }

  /**
   * Goes on once nothing typed can be lost: at once when nothing was typed, else as the person
   * decides. False if they stay.
   */
  async function leave(): Promise<boolean> {
    if (!target.value) return true;
    if (touched.value) {
      const answer = await questions.ask({
        title: t('editor.leave.title'),
        text: t('editor.leave.text'),
        confirm: t('editor.save'),
        alternative: t('editor.leave.discard'),
        cancel: t('editor.leave.stay'),
      });
      if (!answer) return false;
      if (answer.choice === 'confirm' && !(await (save?.() ?? Promise.resolve(true)))) return false;
    }
    close();
    return true;
  }

  async function open(next: EditorTarget): Promise<void> {
    if (!(await leave())) return;
    target.value = next;
    workspace.stage = 'record';
  }

  /** One step back out of the form, to the record or the list. */
  async function cancel(): Promise<void> {
    const made = target.value?.kind === 'create';
    if (await leave()) workspace.askFocus(made ? 'list' : 'record');
  }

  /** Saved: the form goes, and the record shows what came of it. */
  function saved(): void {
    close();
    workspace.askFocus('record');
  }

  function forget(): void {
    close();
  }

  return { target, touched, attach, open, leave, cancel, saved, close, forget };
});
