import { describe, expect, it, vi } from 'vitest';
import { outsideWords } from './outsidewords.ts';

// Electron itself cannot be loaded here; the template is what it is given.
vi.mock('electron', () => ({ Menu: {}, nativeImage: {}, Tray: {} }));
const { trayTemplate } = await import('./tray.ts');

const noted: string[] = [];
const actions = {
  open: () => void noted.push('open'),
  quickAccess: () => void noted.push('quickAccess'),
  showRecord: (id: string) => void noted.push(`show ${id}`),
  lock: () => void noted.push('lock'),
  quit: () => void noted.push('quit'),
};

describe('the menu of the tray', () => {
  it('names the records used last, and shows them when they are chosen', () => {
    const menu = trayTemplate(actions, outsideWords.en, [
      { id: 'r1', name: 'app-01' },
      { id: 'r2', name: '' },
    ]);
    for (const { click } of menu) (click as (() => void) | undefined)?.();
    expect(noted).toEqual(['open', 'quickAccess', 'show r1', 'show r2', 'lock', 'quit']);
    expect(menu.map(({ label }) => label)).toContain(outsideWords.en.nameless);
  });

  it('names nothing while locked, and has nothing to lock', () => {
    const menu = trayTemplate(actions, outsideWords.en, null);
    expect(menu.flatMap(({ label }) => label ?? [])).toEqual([
      outsideWords.en.open,
      outsideWords.en.quickAccess,
      outsideWords.en.lock,
      outsideWords.en.quit,
    ]);
    expect(menu.find(({ label }) => label === outsideWords.en.lock)?.enabled).toBe(false);
  });

  it('keeps a name on one line and as it is spelled', () => {
    const name = `R&D\n\u202Eevil${'x'.repeat(200)}`;
    const [label] = trayTemplate(actions, outsideWords.en, [{ id: 'r', name }]).flatMap(
      ({ id, label: text }) => (id === 'record-r' ? [text ?? ''] : []),
    );
    expect(label).toMatch(/^R&&D evilx+…$/);
    expect(label?.length).toBeLessThan(60);
  });

  it('is written in both languages', () => {
    for (const word of Object.values(outsideWords.ru)) expect(word).toMatch(/\p{Script=Cyrillic}/u);
  });
});
