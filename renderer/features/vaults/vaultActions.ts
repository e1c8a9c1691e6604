/** What a person does to whole vaults: hide, leave, delete with a way back. */
import type { Failure, Result } from '../../../contract/index.ts';
import type { VaultNode } from '../../../contract/tree.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useVaultAdmin } from './vaultAdmin.ts';

export function useVaultActions() {
  const { t } = i18n.global;
  const format = useFormat();
  const questions = useQuestions();
  const toasts = useToasts();
  const vaults = useVaultAdmin();

  const complain = (failure: Failure): void => toasts.say('bad', format.failure(failure));

  async function done(asking: Promise<Result<unknown>>): Promise<boolean> {
    const answer = await asking;
    if (!answer.ok) complain(answer.error);
    return answer.ok;
  }

  async function hide({ id, name }: VaultNode): Promise<void> {
    if (!(await done(bridge().vaultAdmin.setVisible({ vaultId: id, isVisible: false })))) return;
    vaults.turnAwayFrom(id);
    toasts.say('info', t('vaults.hidden', { name }), { text: t('actions.undo'), run: () => void show(id) });
  }

  function show(vaultId: string): Promise<boolean> {
    return done(bridge().vaultAdmin.setVisible({ vaultId, isVisible: true }));
  }

  async function leave({ id, name }: VaultNode): Promise<void> {
    const sure = await questions.confirm({
      title: t('vaults.leaveTitle', { name }),
      text: t('vaults.leaveText'),
      confirm: t('vaults.leaveConfirm'),
      danger: true,
    });
    if (!sure || !(await done(bridge().vaultAdmin.leave({ vaultId: id })))) return;
    vaults.turnAwayFrom(id);
    toasts.say('info', t('vaults.left', { name }));
  }

  /** To the bin of vaults: it goes for everybody, so it is asked for. */
  async function remove({ id, name, recordCount }: VaultNode): Promise<void> {
    const records = format.counted('list.count', recordCount);
    const sure = await questions.confirm({
      title: t('vaults.removeTitle', { name }),
      text: t('vaults.removeText', { records }),
      confirm: t('vaults.removeConfirm'),
      danger: true,
    });
    if (!sure || !(await done(bridge().vaultAdmin.remove({ vaultId: id })))) return;
    vaults.turnAwayFrom(id);
    const back = { text: t('actions.undo'), run: () => void restore(id) };
    toasts.say('info', t('vaults.removed', { name }), back);
  }

  function restore(vaultId: string): Promise<boolean> {
    return done(bridge().vaultAdmin.restore({ vaultId }));
  }

  /** True when it is gone for good. */
  async function erase(vaultId: string, name: string): Promise<boolean> {
    const sure = await questions.confirm({
      title: t('vaults.eraseTitle', { name }),
      text: t('vaults.eraseText'),
      confirm: t('vaults.eraseConfirm'),
      danger: true,
    });
    return sure && done(bridge().vaultAdmin.erase({ vaultId }));
  }

  return { hide, show, leave, remove, restore, erase };
}
