// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { AttachmentView } from '../../../contract/records.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import FileTile from './FileTile.vue';

const attachment: AttachmentView = { id: 'a1', name: 'server.key', size: 1741, here: true, pending: false };
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({
    files: { rename: ({ name }) => done({ name }), dragOut: () => done({ started: true, toldFirst: false }) },
    attachments: { saveAs: () => done({ saved: true }) },
  });
  vi.stubGlobal('strongroom', bridge.api);
  // The home of tooltips.
  document.body.append(Object.assign(document.createElement('main'), { id: 'screen' }));
});

afterEach(() => {
  document.body.replaceChildren();
});

function tileWith(changes: Partial<{ writable: boolean; renamable: boolean }> = {}) {
  const heard: string[] = [];
  const parent = defineComponent(
    () => () =>
      h(TooltipProvider, () =>
        h(FileTile, {
          ...{ recordId: 'r1', attachment, writable: true, renamable: true, ...changes },
          onOpen: () => heard.push('open'),
          onMenu: () => heard.push('menu'),
        }),
      ),
  );
  const tile = mount(parent, { attachTo: document.body, global: { plugins: [i18n] } });
  /** Presses a key; tells whether anybody outside the tile may still act on it. */
  const press = async (code: string, more: KeyboardEventInit = {}): Promise<boolean> => {
    const event = new KeyboardEvent('keydown', { code, bubbles: true, cancelable: true, ...more });
    tile.get('button.name').element.dispatchEvent(event);
    await flushPromises();
    return !event.defaultPrevented;
  };
  return { tile, heard, press };
}

const calls = (name: string): unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

describe('a file of a record', () => {
  it('opens, is saved and has a menu, each by a key', async () => {
    const { heard, press } = tileWith();
    expect(await press('Enter')).toBe(false);
    await press('F10', { shiftKey: true });
    expect(heard).toEqual(['open', 'menu']);
    await press('KeyS', { ctrlKey: true });
    expect(calls('attachments.saveAs')).toEqual([{ recordId: 'r1', attachmentId: 'a1' }]);
  });

  it('is renamed in its place: Enter takes the name and the focus returns', async () => {
    const { tile, press } = tileWith();
    await press('F2');
    const input = tile.get<HTMLInputElement>('[data-testid=file-name]');
    expect(document.activeElement).toBe(input.element);
    expect(input.element.selectionEnd).toBe('server'.length);
    await input.setValue('prod.key');
    await input.trigger('keydown', { key: 'Enter', code: 'Enter' });
    await flushPromises();
    expect(calls('files.rename')).toEqual([{ recordId: 'r1', attachmentId: 'a1', name: 'prod.key' }]);
    expect(document.activeElement).toBe(tile.get('button.name').element);
  });

  it('keeps its name on Escape, which goes no further', async () => {
    const { tile, press } = tileWith();
    await press('F2');
    const input = tile.get('[data-testid=file-name]');
    await input.setValue('prod.key');
    const outside = vi.fn();
    window.addEventListener('keydown', outside, { once: true });
    await input.trigger('keydown', { key: 'Escape', code: 'Escape' });
    await flushPromises();
    window.removeEventListener('keydown', outside);
    expect(outside).not.toHaveBeenCalled();
    expect(calls('files.rename')).toEqual([]);
    expect(tile.find('[data-testid=file-name]').exists()).toBe(false);
  });

  it.each([
    ['only be read', { writable: false }],
    ['not be renamed on this server', { renamable: false }],
  ])('stays as it is where it can %s', async (_why, rights) => {
    const { tile, press } = tileWith(rights);
    await press('F2');
    expect(tile.find('[data-testid=file-name]').exists()).toBe(false);
  });

  it('never lets Delete through to its record', async () => {
    const reader = tileWith({ writable: false });
    expect(await reader.press('Delete')).toBe(false);
    expect(useQuestions().current).toBeNull();
    reader.tile.unmount();
    const { press } = tileWith();
    expect(await press('Delete')).toBe(false);
    expect(useQuestions().current?.text).toContain('server.key');
  });

  it('is dragged out by the main process, not by the page', async () => {
    const { tile } = tileWith();
    const event = new Event('dragstart', { bubbles: true, cancelable: true });
    tile.get('[data-testid=file-tile]').element.dispatchEvent(event);
    await flushPromises();
    expect(event.defaultPrevented).toBe(true);
    expect(calls('files.dragOut')).toEqual([{ recordId: 'r1', attachmentIds: ['a1'] }]);
  });
});
