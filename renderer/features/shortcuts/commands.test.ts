// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { events } from '../../../contract/events.ts';
import { useList } from '../list/list.ts';
import { useMarking } from '../many/marking.ts';
import { matchingCommands, usePalette } from '../finding/palette.ts';
import { useSession } from '../unlock/session.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { useCommands, usePossible } from './commands.ts';
import { useShortcutKeys } from './keys.ts';
import { isCommand, paletteCommands, sheetGroups, shortcuts } from './table.ts';

let bridge: FakeBridge;
let scope: EffectScope;

beforeEach(() => {
  setActivePinia(createPinia());
  scope?.stop();
  scope = effectScope();
  bridge = fakeBridge({
    records: { page: () => done({ total: 0, rows: [] }), ids: () => done({ ids: ['a', 'b'] }) },
    editing: { remove: () => done({}) },
  });
  vi.stubGlobal('strongroom', bridge.api);
  document.body.innerHTML = '';
});

const inScope = <T>(make: () => T): T => scope.run(make) as T;

describe('one table', () => {
  it('binds, prints and offers the same commands', () => {
    const commands = inScope(useCommands);
    const bound = shortcuts.filter(isCommand).map(({ id }) => id);
    expect(Object.keys(commands).sort()).toEqual([...bound].sort());
    const printed = sheetGroups().flatMap((group) => group.shortcuts);
    expect(new Set(printed)).toEqual(new Set(shortcuts.filter(({ chords }) => chords.length > 0)));
    const offered = paletteCommands().map(({ id }) => id);
    const onlyKeys = bound.filter((id) => !offered.includes(id));
    expect(onlyKeys.sort()).toEqual(['nextPane', 'palette', 'stepBack']);
    for (const command of paletteCommands())
      expect(printed.includes(command) || command.chords.length === 0).toBe(true);
  });

  it('has every command that the menu of the application sends', () => {
    const sent = events.command.shape.name.options.filter((name) => name !== 'addAccount');
    const bound: readonly string[] = shortcuts.filter(isCommand).map(({ id }) => id);
    expect(sent.filter((name) => !bound.includes(name))).toEqual([]);
  });

  it('finds a command by words of its name, and first what begins like it', () => {
    const names = (typed: string): string[] =>
      matchingCommands(
        paletteCommands(),
        typed,
        (id) => (id === 'sync' ? 'Sync now' : `To sync ${id}`),
        () => '',
      ).map((entry) => (entry.kind === 'command' ? entry.id : ''));
    expect(names('sync').slice(0, 2)).toEqual(['sync', paletteCommands()[0]?.id]);
    expect(names('now SYNC')).toEqual(['sync']);
    expect(names('')).toHaveLength(paletteCommands().length);
    expect(names('nothing like it')).toEqual([]);
  });
});

describe('keys', () => {
  function press(init: KeyboardEventInit): void {
    window.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
  }

  it('run the command of the table, and while locked only those that may', () => {
    inScope(useShortcutKeys);
    press({ code: 'KeyP', ctrlKey: true });
    press({ code: 'Slash', shiftKey: true });
    expect(usePalette().open).toBe(false);
    expect(useWorkspace().shortcutsOpen).toBe(true);
    unlock();
    press({ code: 'KeyP', ctrlKey: true });
    expect(usePalette().open).toBe(true);
  });

  it('work beside a tooltip, and not behind a menu or a dialog', () => {
    inScope(useShortcutKeys);
    unlock();
    const synced = () => bridge.calls.filter(({ name }) => name === 'sync.start').length;
    for (const layer of ['class="menu" data-dismissable-layer', 'role="dialog"']) {
      document.body.innerHTML = `<div ${layer}></div>`;
      press({ code: 'F5' });
      expect(synced()).toBe(0);
    }
    document.body.innerHTML = '<div class="tooltip" data-dismissable-layer></div>';
    press({ code: 'F5' });
    expect(synced()).toBe(1);
    // Escape puts the tooltip away first.
    useList().query = 'post';
    press({ code: 'Escape' });
    expect(useList().query).toBe('post');
    document.body.innerHTML = '';
    press({ code: 'Escape' });
    expect(useList().query).toBe('');
  });

  it('take the marked records before the selected one', async () => {
    const commands = inScope(useCommands);
    useList().showPlace();
    expect(commands.remove()).toBe(false);
    expect(usePossible()('remove')).toBe(false);
    await useMarking().all();
    expect(usePossible()('remove')).toBe(true);
    expect(commands.remove()).toBe(true);
    expect(bridge.calls.at(-1)).toMatchObject({ input: { recordIds: ['a', 'b'] } });
  });
});

describe('a deed right after its marks were asked for', () => {
  it('waits for them instead of taking the one record in the pane', async () => {
    const commands = inScope(useCommands);
    useList().showPlace();
    useList().view?.choose('a');
    const marked = useMarking().all();
    expect(commands.remove()).toBe(true);
    await marked;
    await vi.waitFor(() =>
      expect(bridge.calls.at(-1)).toMatchObject({ name: 'editing.remove', input: { recordIds: ['a', 'b'] } }),
    );
  });
});

function unlock(): void {
  useSession().state = { unlocked: true, current: null, lockReason: 'start' };
}
