/** What a person does to folders: make, rename, move, delete with a way back. */
import type { Place } from '../../../contract/editing.ts';
import type { Failure } from '../../../contract/index.ts';
import type { FolderNode, VaultNode } from '../../../contract/tree.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useList } from '../list/list.ts';
import { usePlaces } from '../places/places.ts';
import { useTree } from './tree.ts';

const nameLimit = 1024;

export function useFolderActions() {
  const { t } = i18n.global;
  const format = useFormat();
  const tree = useTree();
  const list = useList();
  const places = usePlaces();
  const questions = useQuestions();
  const toasts = useToasts();

  const complain = (failure: Failure): void => toasts.say('bad', format.failure(failure));

  /** Why folders of this vault cannot be changed; null when they can. */
  function barOf(vault: VaultNode): string | null {
    if (vault.trust === 'keyChanged' || vault.trust === 'keyMissing') return t(`rights.${vault.trust}`);
    return vault.can.editFolders ? null : t('rights.readOnly');
  }

  async function askName(title: string, confirm: string, value: string): Promise<string | null> {
    const input = { label: t('folders.name'), value, maxlength: nameLimit };
    return (await questions.ask({ title, text: '', confirm, input }))?.text ?? null;
  }

  /** Makes a folder in a vault or folder and goes there. */
  async function create(place: Place): Promise<void> {
    const name = await askName(t('folders.new'), t('folders.create'), '');
    if (name === null) return;
    const { vaultId, folderId: parentId } = place;
    const answer = await bridge().editing.createFolder({ vaultId, parentId, name });
    if (!answer.ok) return complain(answer.error);
    await tree.show(place);
    tree.activeKey = answer.value.folderId;
    list.goTo({ kind: 'folder', folderId: answer.value.folderId });
  }

  async function rename(folder: FolderNode): Promise<void> {
    const name = await askName(t('folders.renameTitle'), t('folders.renameConfirm'), folder.name);
    if (name === null || name === folder.name) return;
    const answer = await bridge().editing.renameFolder({ folderId: folder.id, name });
    if (!answer.ok) complain(answer.error);
  }

  async function move(folder: FolderNode, vaultId: string): Promise<void> {
    const to = await places.ask({
      title: t('places.title.moveFolder', { name: folder.name }),
      confirm: t('places.confirm.move'),
      what: 'folder',
      folderId: folder.id,
      vaultId,
      from: { vaultId, folderId: folder.parentId },
    });
    if (to) await moveTo(folder, to);
  }

  /** To a place of its own vault, with the way back. */
  async function moveTo(folder: FolderNode, to: Place): Promise<void> {
    const from = { vaultId: to.vaultId, folderId: folder.parentId };
    const answer = await bridge().editing.moveFolder({ folderId: folder.id, parentId: to.folderId });
    if (!answer.ok) return complain(answer.error);
    await tree.show(to);
    const place = tree.namesOf(to).join(' › ');
    toasts.say('info', t('actions.moved', { name: folder.name, place }), {
      text: t('actions.undo'),
      run: () => void moveTo({ ...folder, parentId: to.folderId }, from),
    });
  }

  /** To the bin with everything in it; the tree goes on with what held it. */
  async function remove(folder: FolderNode, vaultId: string): Promise<void> {
    const below = tree.countBelow(folder.id);
    const answer = await bridge().editing.removeFolder({ folderId: folder.id });
    if (!answer.ok) return complain(answer.error);
    tree.activeKey = folder.parentId ?? vaultId;
    const { parentId } = folder;
    list.goTo(parentId ? { kind: 'folder', folderId: parentId } : { kind: 'vault', vaultId });
    toasts.say('info', wordsOfRemoval(folder, below), {
      text: t('actions.undo'),
      run: () => void restore(folder.id),
    });
  }

  function wordsOfRemoval({ name, recordCount }: FolderNode, folders: number): string {
    const records = format.counted('list.count', recordCount);
    if (folders > 0) {
      return t('folders.removedWithFolders', {
        name,
        records,
        folders: format.counted('folders.count', folders),
      });
    }
    return recordCount > 0
      ? t('folders.removedWithRecords', { name, records })
      : t('actions.removed', { name });
  }

  async function restore(folderId: string): Promise<void> {
    const answer = await bridge().bin.restore({ ids: [folderId] });
    if (!answer.ok) complain(answer.error);
  }

  return { barOf, create, rename, move, moveTo, remove };
}
