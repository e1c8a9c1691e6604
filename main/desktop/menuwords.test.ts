import { describe, expect, it, vi } from 'vitest';
import { commandNames } from '../../contract/commands.ts';
import { keysOf, paletteCommands, shortcuts } from '../../renderer/features/shortcuts/table.ts';

// Electron itself cannot be loaded here; the template is what it is given.
vi.mock('electron', () => ({ Menu: {} }));
const { commandKeys, menuTemplate } = await import('./menu.ts');
const { languageOf, menuWords } = await import('./menuwords.ts');

const languages = ['en', 'ru'] as const;

describe('the language of the menu', () => {
  it.each([
    ['system', 'ru-RU', 'ru'],
    ['system', 'RU', 'ru'],
    ['system', 'en-GB', 'en'],
    ['system', 'de-DE', 'en'],
    ['system', '', 'en'],
    ['en', 'ru-RU', 'en'],
    ['ru', 'en-US', 'ru'],
  ] as const)('is, for the setting %j on a system in %j, %j', (setting, system, expected) => {
    expect(languageOf(setting, system)).toBe(expected);
  });
});

/** Every word of a language, commands included. */
function wordsOf(language: 'en' | 'ru'): string[] {
  const { commands, ...others } = menuWords[language];
  return [...Object.values(others), ...Object.values(commands)];
}

describe('the words of the menu', () => {
  it.each(languages)('are all there in %s, each once', (language) => {
    const words = wordsOf(language);
    expect(words.every((word) => word.trim() === word && word !== '')).toBe(true);
    expect(new Set(words).size).toBe(words.length);
    expect(Object.keys(menuWords[language].commands).sort()).toEqual([...commandNames].sort());
  });

  it('are translated', () => {
    for (const word of wordsOf('ru')) expect(word).toMatch(/\p{Script=Cyrillic}|^Strongroom/u);
    expect(wordsOf('ru').filter((word) => wordsOf('en').includes(word))).toEqual([]);
  });
});

describe('the menu', () => {
  const noted: string[] = [];
  const actions = {
    command: (name: string) => void noted.push(name),
    quickAccess: () => void noted.push('quickAccess'),
    lock: () => void noted.push('lock'),
    quit: () => void noted.push('quit'),
  };
  const template = menuTemplate(actions, menuWords.ru, 'linux');
  const entriesOf = (menu: typeof template): typeof template =>
    menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  const entries = entriesOf(template);

  it('offers neither reloading nor developer tools', () => {
    const roles = entries.flatMap(({ role }) => (role === undefined ? [] : [role]));
    const harmless = ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'];
    const view = ['zoomIn', 'zoomOut', 'resetZoom', 'togglefullscreen'];
    expect(roles).toEqual([...harmless, ...view]);
  });

  it('has every word on an entry, and every entry does what it says', () => {
    const labels = [...template, ...entries].flatMap(({ label }) => (label === undefined ? [] : [label]));
    expect(labels.sort()).toEqual(wordsOf('ru').sort());
    for (const { click } of entries) (click as (() => void) | undefined)?.();
    expect(noted.sort()).toEqual([...commandNames, 'lock', 'quickAccess', 'quit'].sort());
  });

  it('has every command that the palette of the page has', () => {
    const offered = paletteCommands().map(({ id }) => id);
    expect([...commandNames, 'lock', 'palette'].sort()).toEqual(expect.arrayContaining(offered.sort()));
  });

  it('prints the keys of the page, and binds none of them', () => {
    for (const [name, accelerator] of Object.entries(commandKeys)) {
      const printed = accelerator.replace('CmdOrCtrl+', 'Ctrl+').replaceAll('+', ' ');
      expect([name, printed]).toEqual([name, printedKeys(name)]);
      expect(entries.find(({ id }) => id === name)).toMatchObject({
        accelerator,
        registerAccelerator: false,
      });
    }
    const keyed = shortcuts.filter(({ id, chords }) => chords.length > 0 && isMenuName(id));
    expect(Object.keys(commandKeys).sort()).toEqual(keyed.map(({ id }) => id).sort());
  });

  it('prints no keys on a Mac, which would bind them', () => {
    const printed = entriesOf(menuTemplate(actions, menuWords.en, 'darwin')).flatMap(
      ({ accelerator }) => accelerator ?? [],
    );
    expect(printed).toEqual(['CmdOrCtrl+Q']);
  });
});

/** The page's own spelling of a command's first chord; only the name of Delete is its code. */
function printedKeys(name: string): string {
  const shortcut = shortcuts.find(({ id }) => id === name);
  return shortcut ? keysOf(shortcut.id, false) : 'none';
}

function isMenuName(id: string): boolean {
  return id === 'lock' || commandNames.some((name) => name === id);
}
