/**
 * What every command of the table does. Keys, palette and menu all run it through here, so a
 * command does the same whichever way it was asked for.
 */
import type { RecordScope } from '../../../contract/records.ts';
import { useAdministration } from '../administration/administration.ts';
import { useCopying } from '../clipboard/useCopying.ts';
import { useCreation } from '../editor/creation.ts';
import { useEditor } from '../editor/editor.ts';
import { useCarrying } from '../exchange/carrying.ts';
import { usePalette } from '../finding/palette.ts';
import { useSearches } from '../finding/searches.ts';
import { useGenerator } from '../generator/generator.ts';
import { useHealth } from '../health/health.ts';
import { useSharing } from '../sharing/sharing.ts';
import { useList } from '../list/list.ts';
import { useMarking } from '../many/marking.ts';
import { useManyActions } from '../many/manyActions.ts';
import { useSettings } from '../settings/settings.ts';
import { useSync } from '../sync/sync.ts';
import { useTree } from '../tree/tree.ts';
import { useSession } from '../unlock/session.ts';
import { type RecordDeed, useWorkspace } from '../workspace/workspace.ts';
import type { CommandId } from './table.ts';

/** Each answers whether there was anything to do. */
export type Commands = Readonly<Record<CommandId, () => boolean>>;

export function useCommands(): Commands {
  const session = useSession();
  const settings = useSettings();
  const workspace = useWorkspace();
  const list = useList();
  const editor = useEditor();
  const creation = useCreation();
  const palette = usePalette();
  const searches = useSearches();
  const carrying = useCarrying();
  const generator = useGenerator();
  const health = useHealth();
  const sharing = useSharing();
  const administration = useAdministration();

  /** An open form is kept as a draft; only where that fails is anything asked first. */
  async function lock(): Promise<void> {
    if (await editor.leaveForLock()) await session.lock();
  }

  async function go(scope: RecordScope): Promise<void> {
    if (!(await editor.leave())) return;
    list.goTo(scope);
    workspace.askFocus('list');
  }

  async function administer(): Promise<void> {
    if (await editor.leave()) administration.show();
  }

  async function goToBin(): Promise<void> {
    if (!(await editor.leave())) return;
    list.showBin();
    workspace.askFocus('list');
  }

  return {
    ...useRecordCommands(),
    search: () => workspace.askFocus('search'),
    palette: () => (palette.open = true),
    saveSearch: () => list.query.trim() !== '' && (void searches.askAndSave(list.query), true),
    sync: () => (void useSync().start(), true),
    lock: () => (void lock(), true),
    settings: () => (settings.open = true),
    shortcuts: () => (workspace.shortcutsOpen = true),
    nextPane: () => workspace.focusNextPane(),
    stepBack: () => workspace.stepBack(),
    create: () => (void creation.record(), true),
    createFolder: () => (void creation.folder(), true),
    generate: () => (generator.open = true),
    health: () => (health.open = true),
    shared: () => (void sharing.open({ recordIds: [], name: '' }, 'given'), true),
    administer: () => (void administer(), true),
    importFile: () => (carrying.bringIn(), true),
    exportFile: () => carrying.takeOut(),
    goAll: () => (void go({ kind: 'all' }), true),
    goFavourites: () => (void go({ kind: 'favourites' }), true),
    goRecent: () => (void go({ kind: 'recent' }), true),
    goInbox: () => (void go({ kind: 'inbox' }), true),
    goShortcuts: () => (void go({ kind: 'shortcuts' }), true),
    goBin: () => (void goToBin(), true),
  };
}

type RecordCommand =
  'copyPassword' | 'copyLogin' | 'copyCode' | 'edit' | 'move' | 'copy' | 'favourite' | 'tags' | 'remove';

/** Whether there is anything that a command could be done with now. */
export function usePossible(): (id: CommandId) => boolean {
  const list = useList();
  const tree = useTree();
  const marking = useMarking();
  const carrying = useCarrying();
  const needsOne: ReadonlySet<CommandId> = new Set(['copyPassword', 'copyLogin', 'copyCode', 'edit']);
  const needsAny: ReadonlySet<CommandId> = new Set(['move', 'copy', 'favourite', 'tags', 'remove']);
  return (id) => {
    if (needsOne.has(id)) return list.selectedId !== null;
    if (needsAny.has(id)) return list.selectedId !== null || marking.count > 0;
    if (id === 'shared') return useAdministration().offers('inboxManage');
    if (id === 'administer') return useAdministration().parts.length > 0;
    if (id === 'exportFile') return carrying.canTakeOut();
    if (id === 'saveSearch') return list.query.trim() !== '';
    return id !== 'goShortcuts' || (tree.overview?.shortcutCount ?? 0) > 0;
  };
}

/** Commands about records: the marked ones where there are any, else the one in the pane. */
function useRecordCommands(): Readonly<Record<RecordCommand, () => boolean>> {
  const list = useList();
  const editor = useEditor();
  const workspace = useWorkspace();
  const copying = useCopying();
  const marking = useMarking();
  const many = useManyActions();

  function copySelected(copy: (recordId: string) => Promise<void>): boolean {
    if (!list.selectedId) return false;
    void copy(list.selectedId);
    return true;
  }

  /** For the record that the pane shows; a form in its place has keys of its own. */
  function onSelected(deed: RecordDeed): boolean {
    if (!list.selectedId || editor.target) return false;
    workspace.askDeed(list.selectedId, deed);
    return true;
  }

  function onMarked(deed: () => Promise<void>): boolean {
    if (marking.count === 0 || editor.target) return false;
    void deed();
    return true;
  }

  return {
    copyPassword: () => copySelected(copying.passwordThenCode),
    copyLogin: () => copySelected(copying.login),
    copyCode: () => copySelected((recordId) => copying.code(recordId, null)),
    edit: () => onSelected('edit'),
    move: () => marking.whenMarked(() => onMarked(many.move) || onSelected('move')),
    copy: () => marking.whenMarked(() => onMarked(many.copy) || onSelected('copy')),
    favourite: () =>
      marking.whenMarked(() => onMarked(() => many.setFavourite(true)) || onSelected('favourite')),
    tags: () => marking.whenMarked(() => !editor.target && many.askTags()),
    remove: () => marking.whenMarked(() => onMarked(many.remove) || onSelected('remove')),
  };
}
