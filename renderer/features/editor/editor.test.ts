// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useEditor } from './editor.ts';

const edit = { kind: 'edit', recordId: 'r1' } as const;
const other = { kind: 'edit', recordId: 'r2' } as const;

let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({});
  vi.stubGlobal('strongroom', bridge.api);
});

describe('leaving the form', () => {
  it('goes on at once while nothing was typed', async () => {
    const editor = useEditor();
    await editor.open(edit);
    expect(await editor.leave()).toBe(true);
    expect(editor.target).toBeNull();
    expect(useQuestions().current).toBeNull();
  });

  it('asks once something was typed, and staying keeps the form', async () => {
    const editor = useEditor();
    await editor.open(edit);
    editor.touched = true;
    const opening = editor.open(other);
    expect(useQuestions().current).not.toBeNull();
    useQuestions().settle(null);
    await opening;
    expect(editor.target).toEqual(edit);
    expect(editor.touched).toBe(true);
  });

  it('saves first when asked to, and stays if that fails', async () => {
    const editor = useEditor();
    const save = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(false).mockResolvedValueOnce(true);
    await editor.open(edit);
    editor.attach(save);
    editor.touched = true;
    const failing = editor.leave();
    useQuestions().settle({ choice: 'confirm', text: '' });
    expect(await failing).toBe(false);
    expect(editor.target).toEqual(edit);
    const saving = editor.leave();
    useQuestions().settle({ choice: 'confirm', text: '' });
    expect(await saving).toBe(true);
    expect(save).toHaveBeenCalledTimes(2);
    expect(editor.target).toBeNull();
  });

  it('lets go of what was typed only when told so', async () => {
    const editor = useEditor();
    const save = vi.fn<() => Promise<boolean>>();
    await editor.open(edit);
    editor.attach(save);
    editor.touched = true;
    const leaving = editor.open(other);
    useQuestions().settle({ choice: 'alternative', text: '' });
    await leaving;
    expect(save).not.toHaveBeenCalled();
    expect(editor.target).toEqual(other);
    expect(editor.touched).toBe(false);
  });

  it('takes a question that another one replaces as staying', async () => {
    const editor = useEditor();
    await editor.open(edit);
    editor.touched = true;
    const first = editor.leave();
    const second = editor.leave();
    useQuestions().settle({ choice: 'alternative', text: '' });
    expect(await first).toBe(false);
    expect(await second).toBe(true);
  });
});

describe('the draft of a form', () => {
  const dropped = (): unknown[] =>
    bridge.calls.filter(({ name }) => name === 'drafts.drop').map(({ input }) => input);

  it('is dropped when the form was saved or given up, not when everything locks', async () => {
    const editor = useEditor();
    await editor.open(edit);
    const first = editor.draftId;
    editor.saved();
    expect(dropped()).toEqual([{ id: first }]);
    await editor.open(other, 'kept-before');
    expect([editor.draftId, editor.resumed]).toEqual(['kept-before', true]);
    editor.forget();
    expect(dropped()).toHaveLength(1);
    await editor.open(edit);
    expect(editor.draftId).not.toBe(first);
    expect(editor.resumed).toBe(false);
  });

  it('lets a lock come unasked when it is safe, and only then', async () => {
    const editor = useEditor();
    const keep = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(true).mockResolvedValueOnce(false);
    await editor.open(edit);
    editor.attach(vi.fn<() => Promise<boolean>>(), keep);
    editor.touched = true;
    expect(await editor.leaveForLock()).toBe(true);
    expect(editor.target).toEqual(edit);
    expect(dropped()).toEqual([]);
    const asking = editor.leaveForLock();
    await vi.waitFor(() => expect(useQuestions().current).not.toBeNull());
    useQuestions().settle(null);
    expect(await asking).toBe(false);
  });
});
