/**
 * Keeps the open form safe from a lock that nobody waits for: every change is handed over to the
 * main process, which seals it. One hand-over runs at a time; what changes meanwhile goes with
 * the next, so that typing never queues.
 */
import { onScopeDispose, watch } from 'vue';
import type { DraftTarget } from '../../../contract/drafts.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useSession } from '../unlock/session.ts';
import type { SecretOf } from './draft.ts';
import { useDrafts } from './drafts.ts';
import { formOf, wipeForm } from './draftForm.ts';
import type { RecordForm } from './recordForm.ts';

export interface DraftKeeping {
  /** From here on changes are a person's: before, the form is only being filled. */
  readonly begin: () => void;
  /** True once everything typed so far is kept, or nothing was typed. */
  readonly handOver: () => Promise<boolean>;
}

/** `id` names the draft; `target` is where the form would be saved to as it stands. */
export function useDraftKeeping(
  id: string,
  target: () => DraftTarget,
  form: Pick<RecordForm, 'base' | 'draft' | 'place' | 'touched'>,
  secretOf: SecretOf,
): DraftKeeping {
  const drafts = useDrafts();
  const accountId = useSession().current?.id ?? '';
  const toasts = useToasts();
  const format = useFormat();
  let kept = drafts.offered.some((row) => row.id === id);
  let safe = true;
  let running: Promise<void> | null = null;
  let changed = false;
  let begun = false;
  let ended = false;
  drafts.openId = id;

  /** Once the draft was dropped, or everything locked, it is no longer this form's to keep. */
  const mine = (): boolean => begun && !ended && drafts.openId === id;

  async function keep(): Promise<void> {
    const now = form.draft.value;
    if (!now) return;
    if (!form.touched.value) {
      safe = true;
      if (kept) await bridge().drafts.drop({ id });
      kept = false;
      return;
    }
    const content = formOf(form.base.value, now, secretOf);
    try {
      const answer = await bridge().drafts.keep({ id, accountId, target: target(), form: content });
      if (!answer.ok && safe && answer.error.code !== 'locked') {
        toasts.say('bad', i18n.global.t('drafts.notKept', { why: format.failure(answer.error) }));
      }
      safe = answer.ok;
      kept ||= answer.ok;
    } finally {
      wipeForm(content);
    }
  }

  async function run(): Promise<void> {
    while (changed && mine()) {
      changed = false;
      await keep();
    }
  }

  function handOver(): Promise<void> {
    changed = true;
    running ??= run().finally(() => (running = null));
    return running;
  }

  watch([form.draft, form.place], () => void handOver(), { deep: true, flush: 'post' });
  onScopeDispose(() => {
    ended = true;
    if (drafts.openId === id) drafts.openId = null;
  });

  return {
    begin: () => (begun = true),
    handOver: async () => {
      await handOver();
      return safe;
    },
  };
}
