/**
 * Records asked for from outside the page: the tray, quick access, a link. The page may be just
 * opening, so the wish waits until the vaults stand there; when they turn out to be locked it is
 * dropped, and it is never kept over a lock.
 */
import { nextTick, onScopeDispose, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useEditor } from '../features/editor/editor.ts';
import { useList } from '../features/list/list.ts';
import { useSession } from '../features/unlock/session.ts';
import { useWorkspace } from '../features/workspace/workspace.ts';
import { useToasts } from '../ui/toasts.ts';
import { bridge } from './bridge.ts';

export function useAskedRecords(): void {
  const { t } = useI18n();
  const session = useSession();
  const list = useList();
  const editor = useEditor();
  const workspace = useWorkspace();
  const toasts = useToasts();
  const asked = ref<string | null>(null);

  async function show(recordId: string): Promise<void> {
    if (!(await editor.leave())) return;
    if (list.view === null || list.binShown) list.goTo({ kind: 'all' });
    list.view?.choose(recordId);
    workspace.askFocus('record');
  }

  watch([asked, () => session.screen], async ([recordId, screen]) => {
    if (recordId === null || screen === null) return;
    asked.value = null;
    if (screen !== 'workspace') return;
    // The screen is changing at this very moment, and everything is forgotten with it.
    await nextTick();
    await show(recordId);
  });
  onScopeDispose(bridge().on('recordAsked', ({ recordId }) => (asked.value = recordId)));
  onScopeDispose(bridge().on('linkRefused', ({ reason }) => toasts.say('bad', t(`links.${reason}`))));
}
