/** Copying links, and what is done once something was taken back: a new key, another password. */
import { ref } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useClipboard } from '../clipboard/clipboard.ts';
import { useList } from '../list/list.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { useSharing } from './sharing.ts';

export function useSharingDeeds() {
  const { t } = i18n.global;
  const format = useFormat();
  const toasts = useToasts();
  const clipboard = useClipboard();
  const list = useList();
  const workspace = useWorkspace();
  const sharing = useSharing();
  const renewing = ref(false);

  async function copyLink(linkId: string): Promise<void> {
    const call = bridge().sharing.copyLink({ linkId, recordId: sharing.only });
    const failure = await clipboard.copy('url', call);
    if (failure) toasts.say('bad', format.failure(failure));
  }

  /** Looks at the record under its new id where its former one was looked at. */
  function moved(from: string, to: string): void {
    sharing.follow(from, to);
    if (list.selectedId === from) list.view?.choose(to);
  }

  async function renewKey(recordId: string): Promise<void> {
    renewing.value = true;
    const answer = await bridge().sharing.renewKey({ recordId });
    renewing.value = false;
    if (!answer.ok) return toasts.say('bad', format.failure(answer.error));
    moved(recordId, answer.value.recordId);
    sharing.takenFrom = null;
    toasts.say('info', t('sharing.renewed'));
  }

  function changePassword(recordId: string): void {
    sharing.forget();
    if (list.view === null || list.binShown) list.goTo({ kind: 'all' });
    list.view?.choose(recordId);
    workspace.askFocus('record');
    workspace.askDeed(recordId, 'edit');
  }

  return { renewing, copyLink, moved, renewKey, changePassword };
}
