// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { useList } from '../list/list.ts';
import { type FocusTarget, useWorkspace } from './workspace.ts';

beforeEach(() => {
  setActivePinia(createPinia());
  vi.stubGlobal('strongroom', fakeBridge({ records: { page: () => done({ total: 0, rows: [] }) } }).api);
  document.body.innerHTML = (['search', 'tree', 'list', 'record'] as const)
    .map((name) => `<div data-pane="${name}"><button id="${name}"></button></div>`)
    .join('');
});

function focus(pane: FocusTarget): void {
  document.getElementById(pane)?.focus();
}

describe('a step back', () => {
  it('leads from the record to the list, and only then out of the search', () => {
    const workspace = useWorkspace();
    const list = useList();
    list.query = 'post';
    focus('record');
    expect(workspace.stepBack()).toBe(true);
    expect(workspace.focusRequest).toEqual({ target: 'list' });
    expect(list.query).toBe('post');
    focus('list');
    expect(workspace.stepBack()).toBe(true);
    expect(list.query).toBe('');
  });

  it('leaves the search at once when a record was only clicked in the list', () => {
    const workspace = useWorkspace();
    useList().query = 'post';
    workspace.stage = 'record';
    focus('list');
    workspace.stepBack();
    expect(useList().query).toBe('');
  });

  it('closes the tree that lies over the list', () => {
    const workspace = useWorkspace();
    workspace.askFocus('tree');
    focus('tree');
    workspace.stepBack();
    expect(workspace.stage).toBe('list');
  });

  it('does nothing where there is nowhere to go', () => {
    focus('list');
    expect(useWorkspace().stepBack()).toBe(false);
  });
});

describe('walking the panes', () => {
  it('goes round', () => {
    const workspace = useWorkspace();
    const seen = (['search', 'tree', 'list', 'record'] as const).map((from) => {
      focus(from);
      workspace.focusNextPane();
      return workspace.focusRequest?.target;
    });
    expect(seen).toEqual(['tree', 'list', 'record', 'search']);
  });
});
