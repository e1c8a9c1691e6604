import { describe, expect, it } from 'vitest';
import { type Chord, chordText, keysOf, type PressedKey, shortcutFor, shortcuts } from './table.ts';

function pressed(chord: Partial<PressedKey> & { code: string }): PressedKey {
  return { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...chord };
}

function press(chord: Chord, mac: boolean): PressedKey {
  return pressed({
    code: chord.code,
    ctrlKey: !mac && (chord.mod ?? false),
    metaKey: mac && (chord.mod ?? false),
    shiftKey: chord.shift ?? false,
  });
}

describe('the table of keys', () => {
  it('names every shortcut once and gives no key two meanings in one place', () => {
    expect(new Set(shortcuts.map(({ id }) => id)).size).toBe(shortcuts.length);
    const meanings = shortcuts.flatMap(({ places, chords }) =>
      places.flatMap((place) => chords.map((chord) => `${place} ${chordText(chord, false)}`)),
    );
    expect(new Set(meanings).size).toBe(meanings.length);
  });

  it.each([false, true])('finds each shortcut by its own chords (mac: %s)', (mac) => {
    for (const shortcut of shortcuts) {
      for (const place of shortcut.places) {
        for (const chord of shortcut.chords) {
          expect(shortcutFor(press(chord, mac), place, mac)?.id).toBe(shortcut.id);
        }
      }
    }
  });

  it('goes by the place of a key, so that a Cyrillic layout changes nothing', () => {
    const cyrillic = { ...pressed({ code: 'KeyK', ctrlKey: true }), key: 'л' };
    expect(shortcutFor(cyrillic, 'window', false)?.id).toBe('search');
  });

  it('leaves a key with another modifier alone', () => {
    expect(shortcutFor(pressed({ code: 'KeyC', ctrlKey: true, shiftKey: true }), 'window', false)).toBeNull();
    expect(shortcutFor(pressed({ code: 'KeyC', ctrlKey: true, altKey: true }), 'window', false)).toBeNull();
    expect(shortcutFor(pressed({ code: 'KeyC' }), 'window', false)).toBeNull();
    expect(shortcutFor(pressed({ code: 'KeyC', ctrlKey: true }), 'window', true)).toBeNull();
  });

  it('works on nothing secret while locked', () => {
    expect(shortcuts.filter(({ whileLocked }) => whileLocked).map(({ id }) => id)).toEqual([
      'settings',
      'shortcuts',
    ]);
  });

  it('marks with keys of the list, which its arrows do not take', () => {
    expect(shortcutFor(pressed({ code: 'ArrowDown', shiftKey: true }), 'list', false)?.id).toBe('markNext');
    expect(shortcutFor(pressed({ code: 'KeyA', ctrlKey: true }), 'list', false)?.id).toBe('markAll');
    expect(shortcutFor(pressed({ code: 'KeyA', ctrlKey: true }), 'window', false)).toBeNull();
  });

  it('prints chords as keyboards do', () => {
    expect(keysOf('search', false)).toBe('Ctrl K');
    expect(keysOf('search', true)).toBe('⌘K');
    expect(keysOf('settings', false)).toBe('Ctrl ,');
    expect(keysOf('stepBack', false)).toBe('Esc');
    expect(chordText({ code: 'Slash', shift: true }, false)).toBe('?');
  });
});
