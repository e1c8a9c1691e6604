/**
 * Every command and every key of the application, once. The bindings, the sheet that explains
 * them and the palette that runs them are made from this table, so none can drift from the others.
 * Keys go by their place on the keyboard (`KeyboardEvent.code`), so that a Cyrillic layout
 * changes nothing.
 */

/** What can be done from anywhere: by a key, or by the palette alone. */
export type CommandId =
  | 'search'
  | 'palette'
  | 'saveSearch'
  | 'goAll'
  | 'goFavourites'
  | 'goRecent'
  | 'goInbox'
  | 'goShortcuts'
  | 'goBin'
  | 'copyPassword'
  | 'copyLogin'
  | 'copyCode'
  | 'sync'
  | 'lock'
  | 'settings'
  | 'shortcuts'
  | 'nextPane'
  | 'stepBack'
  | 'create'
  | 'createFolder'
  | 'generate'
  | 'health'
  | 'shared'
  | 'administer'
  | 'importFile'
  | 'exportFile'
  | 'edit'
  | 'move'
  | 'copy'
  | 'favourite'
  | 'tags'
  | 'remove';

/** Keys of one pane, bound by the pane itself. */
export type PaneKeyId =
  | 'open'
  | 'peek'
  | 'save'
  | 'rename'
  | 'menu'
  | 'next'
  | 'previous'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'expand'
  | 'collapse'
  | 'markAll'
  | 'mark'
  | 'markNext'
  | 'markPrevious';

export type ShortcutId = CommandId | PaneKeyId;

/** Where a key counts: `window` everywhere, the others only while that pane has the focus. */
export type ShortcutPlace = 'window' | 'list' | 'tree' | 'editor' | 'files';

export interface Chord {
  readonly code: string;
  /** Ctrl, or Command on a Mac. */
  readonly mod?: true;
  readonly shift?: true;
}

/** In the order in which the sheet has them. */
export const shortcutGroups = ['everywhere', 'record', 'mark', 'change', 'move', 'go'] as const;
export type ShortcutGroup = (typeof shortcutGroups)[number];

export interface Shortcut {
  readonly id: ShortcutId;
  readonly places: readonly ShortcutPlace[];
  readonly group: ShortcutGroup;
  /** None for what only the palette offers. */
  readonly chords: readonly Chord[];
  /** Works while everything is locked too. */
  readonly whileLocked?: true;
}

export const shortcuts: readonly Shortcut[] = [
  { id: 'search', places: ['window'], group: 'everywhere', chords: [{ code: 'KeyK', mod: true }] },
  { id: 'palette', places: ['window'], group: 'everywhere', chords: [{ code: 'KeyP', mod: true }] },
  { id: 'sync', places: ['window'], group: 'everywhere', chords: [{ code: 'F5' }] },
  { id: 'lock', places: ['window'], group: 'everywhere', chords: [{ code: 'KeyL', mod: true }] },
  {
    id: 'settings',
    places: ['window'],
    group: 'everywhere',
    chords: [{ code: 'Comma', mod: true }],
    whileLocked: true,
  },
  {
    id: 'shortcuts',
    places: ['window'],
    group: 'everywhere',
    chords: [
      { code: 'Slash', mod: true },
      { code: 'Slash', shift: true },
    ],
    whileLocked: true,
  },
  { id: 'nextPane', places: ['window'], group: 'everywhere', chords: [{ code: 'F6' }] },
  { id: 'stepBack', places: ['window'], group: 'everywhere', chords: [{ code: 'Escape' }] },
  {
    id: 'open',
    places: ['list', 'tree', 'files'],
    group: 'record',
    chords: [{ code: 'Enter' }, { code: 'NumpadEnter' }],
  },
  { id: 'peek', places: ['list'], group: 'record', chords: [{ code: 'Space' }] },
  { id: 'copyPassword', places: ['window'], group: 'record', chords: [{ code: 'KeyC', mod: true }] },
  { id: 'copyLogin', places: ['window'], group: 'record', chords: [{ code: 'KeyB', mod: true }] },
  { id: 'copyCode', places: ['window'], group: 'record', chords: [{ code: 'KeyT', mod: true }] },
  {
    id: 'create',
    places: ['window'],
    group: 'change',
    chords: [{ code: 'KeyN', mod: true }, { code: 'KeyN' }],
  },
  {
    id: 'createFolder',
    places: ['window'],
    group: 'change',
    chords: [{ code: 'KeyN', mod: true, shift: true }],
  },
  { id: 'generate', places: ['window'], group: 'change', chords: [{ code: 'KeyG', mod: true }] },
  { id: 'edit', places: ['window'], group: 'change', chords: [{ code: 'KeyE' }] },
  {
    id: 'save',
    places: ['editor', 'files'],
    group: 'change',
    chords: [
      { code: 'KeyS', mod: true },
      { code: 'Enter', mod: true },
      { code: 'NumpadEnter', mod: true },
    ],
  },
  { id: 'move', places: ['window'], group: 'change', chords: [{ code: 'KeyM' }] },
  { id: 'copy', places: ['window'], group: 'change', chords: [{ code: 'KeyD' }] },
  { id: 'favourite', places: ['window'], group: 'change', chords: [{ code: 'KeyF' }] },
  { id: 'tags', places: ['window'], group: 'change', chords: [{ code: 'KeyT' }] },
  { id: 'remove', places: ['window', 'tree', 'files'], group: 'change', chords: [{ code: 'Delete' }] },
  { id: 'rename', places: ['tree', 'files'], group: 'change', chords: [{ code: 'F2' }] },
  {
    id: 'menu',
    places: ['tree', 'files'],
    group: 'change',
    chords: [{ code: 'F10', shift: true }, { code: 'ContextMenu' }],
  },
  { id: 'previous', places: ['list', 'tree'], group: 'move', chords: [{ code: 'ArrowUp' }] },
  { id: 'next', places: ['list', 'tree'], group: 'move', chords: [{ code: 'ArrowDown' }] },
  { id: 'pageUp', places: ['list', 'tree'], group: 'move', chords: [{ code: 'PageUp' }] },
  { id: 'pageDown', places: ['list', 'tree'], group: 'move', chords: [{ code: 'PageDown' }] },
  { id: 'first', places: ['list', 'tree'], group: 'move', chords: [{ code: 'Home' }] },
  { id: 'last', places: ['list', 'tree'], group: 'move', chords: [{ code: 'End' }] },
  { id: 'expand', places: ['tree'], group: 'move', chords: [{ code: 'ArrowRight' }] },
  { id: 'collapse', places: ['tree'], group: 'move', chords: [{ code: 'ArrowLeft' }] },
  { id: 'markAll', places: ['list'], group: 'mark', chords: [{ code: 'KeyA', mod: true }] },
  { id: 'mark', places: ['list'], group: 'mark', chords: [{ code: 'Space', mod: true }] },
  { id: 'markNext', places: ['list'], group: 'mark', chords: [{ code: 'ArrowDown', shift: true }] },
  { id: 'markPrevious', places: ['list'], group: 'mark', chords: [{ code: 'ArrowUp', shift: true }] },
  { id: 'health', places: ['window'], group: 'change', chords: [] },
  { id: 'importFile', places: ['window'], group: 'change', chords: [] },
  { id: 'exportFile', places: ['window'], group: 'change', chords: [] },
  { id: 'shared', places: ['window'], group: 'go', chords: [] },
  { id: 'administer', places: ['window'], group: 'go', chords: [] },
  { id: 'saveSearch', places: ['window'], group: 'go', chords: [] },
  { id: 'goAll', places: ['window'], group: 'go', chords: [] },
  { id: 'goFavourites', places: ['window'], group: 'go', chords: [] },
  { id: 'goRecent', places: ['window'], group: 'go', chords: [] },
  { id: 'goInbox', places: ['window'], group: 'go', chords: [] },
  { id: 'goShortcuts', places: ['window'], group: 'go', chords: [] },
  { id: 'goBin', places: ['window'], group: 'go', chords: [] },
];

/** The lines of the sheet: everything that has a key, group by group. */
export function sheetGroups(): { readonly name: ShortcutGroup; readonly shortcuts: readonly Shortcut[] }[] {
  return shortcutGroups
    .map((name) => ({
      name,
      shortcuts: shortcuts.filter(({ group, chords }) => group === name && chords.length > 0),
    }))
    .filter((group) => group.shortcuts.length > 0);
}

/** A command and its line of the table. */
export type Command = Shortcut & { readonly id: CommandId };

/** Everything that the palette offers: what counts in the whole window, but no mere step of the focus. */
export function paletteCommands(): Command[] {
  return shortcuts.filter((shortcut): shortcut is Command => isCommand(shortcut) && !steps.has(shortcut.id));
}

const steps: ReadonlySet<ShortcutId> = new Set(['palette', 'nextPane', 'stepBack']);

/** What the whole window binds is a command. */
export function isCommand(shortcut: Shortcut): shortcut is Command {
  return shortcut.places.includes('window');
}

/** What a keyboard event tells of a key. */
export interface PressedKey {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

function fits(chord: Chord, event: PressedKey, mac: boolean): boolean {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const otherMod = mac ? event.ctrlKey : event.metaKey;
  return (
    chord.code === event.code &&
    mod === (chord.mod ?? false) &&
    event.shiftKey === (chord.shift ?? false) &&
    !event.altKey &&
    !otherMod
  );
}

/** The shortcut that a pressed key means in a place, or null. */
export function shortcutFor(event: PressedKey, place: ShortcutPlace, mac: boolean): Shortcut | null {
  return (
    shortcuts.find(
      ({ places, chords }) => places.includes(place) && chords.some((chord) => fits(chord, event, mac)),
    ) ?? null
  );
}

const printed: Readonly<Record<string, string>> = {
  Comma: ',',
  Slash: '/',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};

/** A key that types or deletes text where there is text: it means something only where there is none. */
export function isTypingKey(event: PressedKey): boolean {
  const held = event.ctrlKey || event.metaKey || event.altKey;
  return !held && (/^(Key[A-Z]|Slash)$/.test(event.code) || event.code === 'Delete');
}

/** How a chord is printed: `Ctrl K`, or `⌘K` on a Mac. */
export function chordText(chord: Chord, mac: boolean): string {
  // With Shift this key prints a question mark on most layouts, and is known by it.
  if (chord.code === 'Slash' && chord.shift && !chord.mod) return '?';
  const key = printed[chord.code] ?? chord.code.replace(/^Key/, '');
  const shift = chord.shift ? (mac ? '⇧' : 'Shift ') : '';
  return `${chord.mod ? (mac ? '⌘' : 'Ctrl ') : ''}${shift}${key}`;
}

/** The first chord of a shortcut, for tooltips. */
export function keysOf(id: ShortcutId, mac: boolean): string {
  const chord = shortcuts.find((shortcut) => shortcut.id === id)?.chords[0];
  return chord ? chordText(chord, mac) : '';
}
