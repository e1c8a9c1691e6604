// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answers, done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useFileActions } from './fileActions.ts';
import { deedOfKey, stemLength } from './fileDeeds.ts';

let bridge: FakeBridge;

function actionsWith(answers: Answers): ReturnType<typeof useFileActions> {
  bridge = fakeBridge(answers);
  vi.stubGlobal('strongroom', bridge.api);
  return useFileActions(() => 'r1');
}

const file = { id: 'a1', name: 'server.key' };
const told = (): string[] => useToasts().toasts.map(({ kind, text }) => `${kind}: ${text}`);
const asked = (name: string): unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

beforeEach(() => setActivePinia(createPinia()));

describe('saving every file', () => {
  it('says how many were saved and names those that were not', async () => {
    const saveAll = () => done({ chosen: true, saved: 2, failed: ['lost.tar', 'gone.pem'] });
    await actionsWith({ files: { saveAll } }).saveAll();
    expect(told()).toEqual(['info: 2 files saved.', 'bad: Could not be saved: lost.tar, gone.pem']);
  });

  it('says nothing when no folder was picked', async () => {
    await actionsWith({ files: { saveAll: () => done({ chosen: false, saved: 0, failed: [] }) } }).saveAll();
    expect(told()).toEqual([]);
  });
});

describe('renaming', () => {
  it('sends the name without the spaces around it', async () => {
    const actions = actionsWith({ files: { rename: ({ name }) => done({ name }) } });
    expect(await actions.rename(file, '  prod.key ')).toBe(true);
    expect(asked('files.rename')).toEqual([{ recordId: 'r1', attachmentId: 'a1', name: 'prod.key' }]);
  });

  it('asks for nothing when the name stays', async () => {
    const actions = actionsWith({});
    expect(await actions.rename(file, 'server.key')).toBe(true);
    expect(bridge.calls).toEqual([]);
  });

  it('says why it could not be', async () => {
    expect(await actionsWith({}).rename(file, 'prod.key')).toBe(false);
    expect(told()).toHaveLength(1);
  });
});

describe('taking a file off its record', () => {
  it('is done only when the person is sure', async () => {
    const actions = actionsWith({ attachments: { remove: () => done({}) } });
    const unsure = actions.remove(file);
    useQuestions().settle(null);
    expect(await unsure).toBe(false);
    expect(asked('attachments.remove')).toEqual([]);
    const sure = actions.remove(file);
    useQuestions().settle({ choice: 'confirm', text: '' });
    expect(await sure).toBe(true);
    expect(asked('attachments.remove')).toEqual([{ recordId: 'r1', attachmentId: 'a1' }]);
  });
});

describe('dragging out', () => {
  it('tells once what it means, and keeps that it was told only if it was understood', async () => {
    const actions = actionsWith({ files: { dragOut: () => done({ started: false, toldFirst: true }) } });
    const first = actions.dragOut(file);
    await vi.waitFor(() => expect(useQuestions().current).not.toBeNull());
    useQuestions().settle(null);
    await first;
    expect(asked('settings.update')).toEqual([]);
    const second = actions.dragOut(file);
    await vi.waitFor(() => expect(useQuestions().current).not.toBeNull());
    useQuestions().settle({ choice: 'confirm', text: '' });
    await second;
    expect(asked('settings.update')).toEqual([{ dragOutTold: true }]);
  });

  it('asks nothing once it was told', async () => {
    const actions = actionsWith({ files: { dragOut: () => done({ started: true, toldFirst: false }) } });
    await actions.dragOut(file);
    expect(useQuestions().current).toBeNull();
    expect(asked('files.dragOut')).toEqual([{ recordId: 'r1', attachmentIds: ['a1'] }]);
  });
});

describe('the keys of a file', () => {
  const press = (code: string, more: Partial<KeyboardEventInit> = {}) =>
    deedOfKey(new KeyboardEvent('keydown', { code, ...more }), false);

  it('stand for what is done with it, and never with its record', () => {
    expect(press('Enter')).toBe('open');
    expect(press('F2')).toBe('rename');
    expect(press('Delete')).toBe('remove');
    expect(press('KeyS', { ctrlKey: true })).toBe('save');
    expect(press('F10', { shiftKey: true })).toBe('menu');
    expect(press('KeyC', { ctrlKey: true })).toBeNull();
  });

  it.each([
    ['server.key', 6],
    ['base.tar.gz', 8],
    ['.env', 4],
    ['Makefile', 8],
  ])('mark the stem of %s', (name, length) => {
    expect(stemLength(name)).toBe(length);
  });
});
