/** Binds the keys that count in the whole window. Keys of a pane are bound by the pane itself. */
import { useEventListener } from '@vueuse/core';
import { onScopeDispose } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { isOwnDrag } from '../many/dragging.ts';
import { useSession } from '../unlock/session.ts';
import { useCommands } from './commands.ts';
import { useMac } from './mac.ts';
import {
  type CommandId,
  isCommand,
  isTypingKey,
  keysOf,
  type ShortcutId,
  shortcutFor,
  shortcuts,
} from './table.ts';

export { useMac };

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
  const commands = useCommands();
  const mac = useMac();

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const shortcut = shortcutFor(event, 'window', mac.value);
    if (!shortcut || !isCommand(shortcut) || !(session.unlocked || shortcut.whileLocked)) return;
    if (shortcut.id === 'copyPassword' && textIsSelected()) return;
    if (isTypingKey(event) && lettersGoElsewhere()) return;
    if (isLayered(shortcut.id) && shortcut.id !== 'lock') return;
    if (commands[shortcut.id]()) event.preventDefault();
  });

  // What comes from outside must not take the place of the page; our own drags end where they may.
  useEventListener(window, 'dragover', (event: DragEvent) => {
    if (!isOwnDrag(event)) event.preventDefault();
  });
  useEventListener(window, 'drop', (event: DragEvent) => event.preventDefault());

  const unsubscribe = bridge().on('command', ({ name }) => {
    if (name === 'addAccount') return;
    // As with keys: what lies under an open dialog is not acted on.
    if (worksWhileLocked(name) || (session.unlocked && !isLayered(name))) commands[name]();
  });
  onScopeDispose(unsubscribe);
}

/**
 * Whether something lies over the page that takes the keys: a menu or a dialog. A tooltip takes only the
 * key that puts it away.
 */
function isLayered(id: CommandId): boolean {
  const layer = id === 'stepBack' ? '' : ':not(.tooltip)';
  return document.querySelector(`[data-dismissable-layer]${layer}, [role="dialog"]`) !== null;
}

function worksWhileLocked(id: CommandId): boolean {
  return shortcuts.some((shortcut) => shortcut.id === id && shortcut.whileLocked === true);
}
