import { describe, expect, it, vi } from 'vitest';

// Electron itself cannot be loaded here; the template is what it is given.
vi.mock('electron', () => ({ Menu: {} }));
const { menuTemplate } = await import('./menu.ts');
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

describe('the words of the menu', () => {
  it.each(languages)('are all there in %s, each once', (language) => {
    const words = Object.values(menuWords[language]);
    expect(words.every((word) => word.trim() === word && word !== '')).toBe(true);
    expect(new Set(words).size).toBe(words.length);
    expect(Object.keys(menuWords[language]).sort()).toEqual(Object.keys(menuWords.en).sort());
  });

  it('are translated', () => {
    for (const [name, word] of Object.entries(menuWords.ru)) {
      expect(word).toMatch(/\p{Script=Cyrillic}/u);
      expect(Object.entries(menuWords.en)).not.toContainEqual([name, word]);
    }
  });
});

describe('the menu', () => {
  const noted: string[] = [];
  const template = menuTemplate(
    {
      command: (name) => noted.push(name),
      lock: () => noted.push('lock'),
      quit: () => noted.push('quit'),
    },
    menuWords.ru,
  );
  const entries = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));

  it('offers neither reloading nor developer tools', () => {
    const roles = entries.flatMap(({ role }) => (role === undefined ? [] : [role]));
    const harmless = ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'];
    const view = ['zoomIn', 'zoomOut', 'resetZoom', 'togglefullscreen'];
    expect(roles).toEqual([...harmless, ...view]);
  });

  it('has every word on an entry, and every entry does what it says', () => {
    const labels = [...template, ...entries].flatMap(({ label }) => (label === undefined ? [] : [label]));
    expect(labels.sort()).toEqual(Object.values(menuWords.ru).sort());
    for (const { click } of entries) (click as (() => void) | undefined)?.();
    expect(noted.sort()).toEqual(['addAccount', 'lock', 'quit', 'search', 'settings', 'shortcuts', 'sync']);
  });
});
