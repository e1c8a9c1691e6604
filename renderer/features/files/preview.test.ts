// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import type { FilePreview } from '../../../contract/files.ts';
import type { Result } from '../../../contract/errors.ts';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import { useSession } from '../unlock/session.ts';
import { type LookedAt, type Preview, usePreview } from './preview.ts';

const file: LookedAt = { recordId: 'r1', attachmentId: 'a1', name: 'server.key' };
const other: LookedAt = { recordId: 'r1', attachmentId: 'a2', name: 'notes.txt' };

let bridge: FakeBridge;
let answer: () => Result<FilePreview> | Promise<Result<FilePreview>>;

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({ files: { preview: () => answer() } });
  vi.stubGlobal('strongroom', bridge.api);
  useSession().state = { unlocked: true, lockReason: 'start', current: null };
});

function previewing(): { readonly preview: Preview; readonly leave: () => void } {
  let preview: Preview | undefined;
  const wrapper = mount(
    defineComponent({
      setup() {
        preview = usePreview();
        return () => null;
      },
    }),
  );
  if (!preview) throw new Error('the component did not run');
  return { preview, leave: () => wrapper.unmount() };
}

function text(): Extract<FilePreview, { kind: 'text' }> {
  return { kind: 'text', name: file.name, bytes: new Uint8Array([1, 2, 3]) };
}

const wiped = new Uint8Array(3);

describe('a preview', () => {
  it('asks for the file and shows what came', async () => {
    const content = text();
    answer = () => done(content);
    const { preview } = previewing();
    await preview.open(file);
    expect(preview.state.value).toEqual({ kind: 'shown', file, content });
    expect(bridge.calls).toEqual([{ name: 'files.preview', input: { recordId: 'r1', attachmentId: 'a1' } }]);
  });

  it('says why the file could not be had', async () => {
    const error = { code: 'attachmentNotHere', params: {} } as const;
    answer = () => ({ ok: false, error });
    const { preview } = previewing();
    await preview.open(file);
    expect(preview.state.value).toEqual({ kind: 'failed', file, failure: error });
  });

  it.each<[string, (preview: Preview, leave: () => void) => void]>([
    ['it closes', (preview) => preview.close()],
    ['everything locks', () => (useSession().state = { unlocked: false, lockReason: 'hand', current: null })],
    ['the component goes', (_preview, leave) => leave()],
  ])('wipes the bytes when %s', async (_when, end) => {
    const content = text();
    answer = () => done(content);
    const { preview, leave } = previewing();
    await preview.open(file);
    end(preview, leave);
    expect(preview.state.value.kind).toBe('closed');
    expect(content.bytes).toEqual(wiped);
  });

  it('wipes an answer that comes too late, unread', async () => {
    const content = text();
    const slow = later<Result<FilePreview>>();
    answer = () => slow.promise;
    const { preview } = previewing();
    const opening = preview.open(file);
    expect(preview.state.value).toEqual({ kind: 'waiting', file });
    preview.close();
    slow.resolve(done(content));
    await opening;
    expect(preview.state.value.kind).toBe('closed');
    expect(content.bytes).toEqual(wiped);
  });

  it('shows the file that was asked for last', async () => {
    const slow = later<Result<FilePreview>>();
    answer = () => slow.promise;
    const { preview } = previewing();
    const first = preview.open(file);
    const content = { ...text(), name: other.name };
    answer = () => done(content);
    await preview.open(other);
    slow.resolve(done(text()));
    await first;
    expect(preview.state.value).toEqual({ kind: 'shown', file: other, content });
    expect(content.bytes).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('leaves bytes alone that a thread has taken over', async () => {
    const content = text();
    answer = () => done(content);
    const { preview } = previewing();
    await preview.open(file);
    structuredClone(content.bytes, { transfer: [content.bytes.buffer] });
    preview.close();
    expect(preview.state.value.kind).toBe('closed');
    expect(content.bytes).toHaveLength(0);
  });
});
