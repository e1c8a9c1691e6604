/**
 * Every key of the application, once. The bindings and the sheet that explains them are made
 * from this table, so neither can drift from the other. Keys go by their place on the
 * keyboard (`KeyboardEvent.code`), so that a Cyrillic layout changes nothing.
 */
export type ShortcutId =
  | 'search'
  | 'copyPassword'
  | 'copyLogin'
  | 'copyCode'
  | 'sync'
  | 'lock'
  | 'settings'
  | 'shortcuts'
  | 'nextPane'
  | 'stepBack'
  | 'open'
  | 'peek'
  | 'create'
  | 'createFolder'
  | 'edit'
  | 'save'
  | 'move'
  | 'favourite'
  | 'remove'
  | 'rename'
  | 'menu'
  | 'next'
  | 'previous'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'expand'
  | 'collapse';

/** Where a key counts: `window` everywhere, the others only while that pane has the focus. */
export type ShortcutPlace = 'window' | 'list' | 'tree' | 'editor';

export interface Chord {
  readonly code: string;
  /** Ctrl, or Command on a Mac. */
  readonly mod?: true;
  readonly shift?: true;
}

export interface Shortcut {
  readonly id: ShortcutId;
  readonly places: readonly ShortcutPlace[];
  readonly group: 'everywhere' | 'record' | 'change' | 'move';
  readonly chords: readonly Chord[];
  /** Works while everything is locked too. */
  readonly whileLocked?: true;
}

export const shortcuts: readonly Shortcut[] = [
  { id: 'search', places: ['window'], group: 'everywhere', chords: [{ code: 'KeyK', mod: true }] },
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
    chords: [{ code: 'Slash', mod: true }],
    whileLocked: true,
  },
  { id: 'nextPane', places: ['window'], group: 'everywhere', chords: [{ code: 'F6' }] },
  { id: 'stepBack', places: ['window'], group: 'everywhere', chords: [{ code: 'Escape' }] },
  {
    id: 'open',
    places: ['list', 'tree'],
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
  { id: 'edit', places: ['window'], group: 'change', chords: [{ code: 'KeyE' }] },
  {
    id: 'save',
    places: ['editor'],
    group: 'change',
    chords: [
      { code: 'KeyS', mod: true },
      { code: 'Enter', mod: true },
      { code: 'NumpadEnter', mod: true },
    ],
  },
  { id: 'move', places: ['window'], group: 'change', chords: [{ code: 'KeyM' }] },
  { id: 'favourite', places: ['window'], group: 'change', chords: [{ code: 'KeyF' }] },
  { id: 'remove', places: ['window', 'tree'], group: 'change', chords: [{ code: 'Delete' }] },
  { id: 'rename', places: ['tree'], group: 'change', chords: [{ code: 'F2' }] },
  {
    id: 'menu',
    places: ['tree'],
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
];

export type PressedKey = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

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
  return !held && (/^Key[A-Z]$/.test(event.code) || event.code === 'Delete');
}

/** How a chord is printed: `Ctrl K`, or `⌘K` on a Mac. */
export function chordText(chord: Chord, mac: boolean): string {
  const key = printed[chord.code] ?? chord.code.replace(/^Key/, '');
  const shift = chord.shift ? (mac ? '⇧' : 'Shift ') : '';
  return `${chord.mod ? (mac ? '⌘' : 'Ctrl ') : ''}${shift}${key}`;
}

/** The first chord of a shortcut, for tooltips. */
export function keysOf(id: ShortcutId, mac: boolean): string {
  const chord = shortcuts.find((shortcut) => shortcut.id === id)?.chords[0];
  return chord ? chordText(chord, mac) : '';
}
