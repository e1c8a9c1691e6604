/** Bringing a kept draft back into the form, its secrets into their inputs. */
import { nextTick } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import { wipeForm } from './draftForm.ts';
import type { RecordForm } from './recordForm.ts';

export interface Resuming {
  /** True once the form stands as it was left, or if it began without a draft. */
  readonly fill: () => Promise<boolean>;
}

/** `put` gives a text to the input of a secret, by the names of `SecretOf`. */
export function useResuming(
  draftId: string | null,
  form: Pick<RecordForm, 'resume'>,
  put: (key: 'password' | number, text: string) => Promise<void> | undefined,
): Resuming {
  const toasts = useToasts();
  const format = useFormat();

  async function fill(): Promise<boolean> {
    if (draftId === null) return true;
    const answer = await bridge().drafts.open({ id: draftId });
    if (!answer.ok) {
      toasts.say('bad', `${i18n.global.t('drafts.failed')} ${format.failure(answer.error)}`);
      return false;
    }
    const { target, form: kept } = answer.value;
    try {
      const typed = form.resume(kept, target.kind === 'create' ? target.place : null);
      await nextTick();
      for (const [key, text] of typed) await put(key, text);
      return true;
    } finally {
      wipeForm(kept);
    }
  }

  return { fill };
}
