import { beforeEach, describe, expect, it, vi } from 'vitest';

const system = vi.hoisted(() => ({ held: new Set<string>(), taken: new Set<string>() }));
vi.mock('electron', () => ({
  globalShortcut: {
    register: (key: string) => !system.taken.has(key) && system.held.add(key) !== undefined,
    unregister: (key: string) => system.held.delete(key),
  },
}));
const { QuickKey } = await import('./quickkey.ts');

beforeEach(() => {
  system.held.clear();
  system.taken.clear();
});

describe('the key of quick access', () => {
  it('gives the former one back when another is chosen, or none', () => {
    const key = new QuickKey(() => undefined);
    expect(key.state()).toBe('off');
    key.bind('Alt+A');
    key.bind('Alt+B');
    expect([...system.held]).toEqual(['Alt+B']);
    key.bind(null);
    expect([system.held.size, key.state()]).toEqual([0, 'off']);
  });

  it('says that another program has it, and asks again when told to', () => {
    const key = new QuickKey(() => undefined);
    system.taken.add('Alt+A');
    key.bind('Alt+A');
    expect(key.state()).toBe('taken');
    system.taken.clear();
    key.bind('Alt+A');
    expect([key.state(), [...system.held]]).toEqual(['ready', ['Alt+A']]);
  });

  it('lets go of nothing that it does not hold', () => {
    system.held.add('Alt+A');
    system.taken.add('Alt+A');
    const key = new QuickKey(() => undefined);
    key.bind('Alt+A');
    key.release();
    expect([...system.held]).toEqual(['Alt+A']);
  });
});
