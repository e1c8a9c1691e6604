/** Binds the keys that count in the whole window. Keys of a pane are bound by the pane itself. */
import { useEventListener } from '@vueuse/core';
import { computed, onScopeDispose } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { useCopying } from '../clipboard/useCopying.ts';
import { useCreation } from '../editor/creation.ts';
import { useEditor } from '../editor/editor.ts';
import { useList } from '../list/list.ts';
import { useSettings } from '../settings/settings.ts';
import { useSync } from '../sync/sync.ts';
import { useSession } from '../unlock/session.ts';
import { type RecordDeed, useWorkspace } from '../workspace/workspace.ts';
import { isTypingKey, keysOf, type ShortcutId, shortcutFor } from './table.ts';

/** Whether this computer prints its chords the Mac way. */
export function useMac() {
  const settings = useSettings();
  return computed(() => settings.about?.platform === 'darwin');
}

/** The printed chord of a shortcut, for tooltips and hints. */
export function useKeysOf(): (id: ShortcutId) => string {
  const mac = useMac();
  return (id) => keysOf(id, mac.value);
}

/** Text that a person has marked belongs to the system's own copy. */
function textIsSelected(): boolean {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    return field.selectionStart !== field.selectionEnd;
  }
  return (window.getSelection()?.toString() ?? '') !== '';
}

/** In inputs letters are text; in the tree they find a name; in a menu or a group of radios they pick. */
function lettersGoElsewhere(): boolean {
  return (
    document.activeElement?.closest(
      'input, textarea, [contenteditable], [role="tree"], [role="menu"], [role="radiogroup"]',
    ) != null
  );
}

export function useShortcutKeys(): void {
  const session = useSession();
  const settings = useSettings();
  const workspace = useWorkspace();
  const list = useList();
  const sync = useSync();
  const copying = useCopying();
  const editor = useEditor();
  const creation = useCreation();
  const mac = useMac();

  function copySelected(copy: (recordId: string) => Promise<void>): boolean {
    if (!list.selectedId) return false;
    void copy(list.selectedId);
    return true;
  }

  /** An open form is kept as a draft; only where that fails is anything asked first. */
  async function lock(): Promise<void> {
    if (await editor.leaveForLock()) await session.lock();
  }

  /** For the record that the pane shows; a form in its place has keys of its own. */
  function onSelected(deed: RecordDeed): boolean {
    if (!list.selectedId || editor.target) return false;
    workspace.askDeed(list.selectedId, deed);
    return true;
  }

  /** Each answers whether it took the key. */
  const actions: Partial<Record<ShortcutId, () => boolean>> = {
    search: () => workspace.askFocus('search'),
    sync: () => (void sync.start(), true),
    lock: () => (void lock(), true),
    settings: () => (settings.open = true),
    shortcuts: () => (workspace.shortcutsOpen = true),
    nextPane: () => workspace.focusNextPane(),
    stepBack: () => workspace.stepBack(),
    copyPassword: () => !textIsSelected() && copySelected(copying.password),
    copyLogin: () => copySelected(copying.login),
    create: () => (void creation.record(), true),
    createFolder: () => (void creation.folder(), true),
    edit: () => onSelected('edit'),
    move: () => onSelected('move'),
    favourite: () => onSelected('favourite'),
    remove: () => onSelected('remove'),
    copyCode: () => copySelected((recordId) => copying.code(recordId, null)),
  };

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const shortcut = shortcutFor(event, 'window', mac.value);
    if (!shortcut || !(session.unlocked || shortcut.whileLocked)) return;
    if (isTypingKey(event) && lettersGoElsewhere()) return;
    const layered = document.querySelector('[data-dismissable-layer], [role="dialog"]') !== null;
    if (layered && shortcut.id !== 'lock') return;
    if (actions[shortcut.id]?.()) event.preventDefault();
  });

  useEventListener(window, 'dragover', (event: DragEvent) => event.preventDefault());
  useEventListener(window, 'drop', (event: DragEvent) => event.preventDefault());

  const unsubscribe = bridge().on('command', ({ name }) => {
    if (name === 'settings') settings.open = true;
    if (name === 'shortcuts') workspace.shortcutsOpen = true;
    if (!session.unlocked) return;
    if (name === 'search') workspace.askFocus('search');
    if (name === 'sync') void sync.start();
  });
  onScopeDispose(unsubscribe);
}
