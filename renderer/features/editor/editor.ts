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
import { useDrafts } from './drafts.ts';

export type EditorTarget =
  | { readonly kind: 'create'; readonly place: Place | null }
  | { readonly kind: 'edit'; readonly recordId: string };

/** What the form lends to whoever asks before leaving: saving tells whether it worked. */
export type SaveForm = () => Promise<boolean>;
/** True once what was typed is kept as a draft, so that a lock loses nothing. */
export type KeepForm = () => Promise<boolean>;

/** A name for the draft of one form; it says nothing of what is typed. */
function freshDraftId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const useEditor = defineStore('editor', () => {
  const target = shallowRef<EditorTarget | null>(null);
  /** Something was typed or changed that is not saved. */
  const touched = ref(false);
  /** The draft of this form. */
  const draftId = ref('');
  /** The draft was there before the form: it is brought back into it. */
  const resumed = ref(false);
  const drafts = useDrafts();
  const questions = useQuestions();
  const workspace = useWorkspace();
  const { t } = i18n.global;
  let save: SaveForm | null = null;
  let keep: KeepForm | null = null;

  function close(): void {
    target.value = null;
    touched.value = false;
    save = null;
    keep = null;
  }

  /** The form is there: how it is saved when the person answers so, and kept when nobody asks. */
  function attach(how: SaveForm, kept: KeepForm | null = null): void {
    save = how;
    keep = kept;
  }

  /** The person is done with the form, one way or the other: its draft has served. */
  function finish(): void {
    if (target.value !== null) void drafts.drop(draftId.value);
    close();
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
    finish();
    return true;
  }

  /** Before a lock: nothing is asked when the draft is safe, for locking must not wait for answers. */
  async function leaveForLock(): Promise<boolean> {
    if (!target.value || !touched.value || (await keep?.())) return true;
    return leave();
  }

  /** Opens a form; with a draft's id it goes on where that one ended. */
  async function open(next: EditorTarget, resumedId: string | null = null): Promise<void> {
    if (!(await leave())) return;
    draftId.value = resumedId ?? freshDraftId();
    resumed.value = resumedId !== null;
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
    finish();
    workspace.askFocus('record');
  }

  function forget(): void {
    close();
  }

  return {
    target,
    touched,
    draftId,
    resumed,
    attach,
    open,
    leave,
    leaveForLock,
    cancel,
    saved,
    close,
    forget,
  };
});
