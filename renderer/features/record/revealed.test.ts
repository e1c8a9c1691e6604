// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/errors.ts';
import { useSession } from '../unlock/session.ts';
import { type Revealed, useRevealed } from './revealed.ts';

type Answer = Result<{ value: string; hidesAfterMs: number }>;

let bridge: FakeBridge;

beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  bridge = fakeBridge({});
  vi.stubGlobal('strongroom', bridge.api);
  useSession().state = { unlocked: true, lockReason: 'start', current: null };
});

afterEach(() => {
  vi.useRealTimers();
});

function revealing(answer: () => Promise<Answer>): {
  readonly revealed: Revealed;
  readonly leave: () => void;
} {
  let revealed: Revealed | undefined;
  const wrapper = mount(
    defineComponent({
      setup() {
        revealed = useRevealed(answer);
        return () => null;
      },
    }),
  );
  if (!revealed) throw new Error('the component did not run');
  return { revealed, leave: () => wrapper.unmount() };
}

const secret = async (): Promise<Answer> => done({ value: 'hunter2', hidesAfterMs: 24_000 });

describe('a revealed secret', () => {
  it('counts down and goes when its time is up', async () => {
    const { revealed } = revealing(secret);
    await revealed.show();
    expect(revealed.value.value).toBe('hunter2');
    expect(revealed.secondsLeft.value).toBe(24);
    await vi.advanceTimersByTimeAsync(4000);
    expect(revealed.secondsLeft.value).toBe(20);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(revealed.value.value).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('follows a record that changes under it, for the time that is left', async () => {
    let stored = 'hunter2';
    const { revealed } = revealing(async () => done({ value: stored, hidesAfterMs: 24_000 }));
    await revealed.refresh();
    expect(revealed.value.value).toBeNull();
    await revealed.show();
    await vi.advanceTimersByTimeAsync(4000);
    stored = 'changed elsewhere';
    await revealed.refresh();
    expect(revealed.value.value).toBe('changed elsewhere');
    expect(revealed.secondsLeft.value).toBe(20);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(revealed.value.value).toBeNull();
  });

  it('goes when the changed record holds nothing to show', async () => {
    let answer: Answer = done({ value: 'hunter2', hidesAfterMs: 24_000 });
    const { revealed } = revealing(async () => answer);
    await revealed.show();
    answer = { ok: false, error: { code: 'emptyField', params: {} } };
    await revealed.refresh();
    expect(revealed.value.value).toBeNull();
  });

  it('goes when the window is hidden', async () => {
    const { revealed } = revealing(secret);
    await revealed.show();
    bridge.emit('visibilityChanged', { visible: false });
    expect(revealed.value.value).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes when the page is hidden', async () => {
    const { revealed } = revealing(secret);
    await revealed.show();
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(revealed.value.value).toBeNull();
    hidden.mockRestore();
  });

  it('goes when everything locks', async () => {
    const { revealed } = revealing(secret);
    await revealed.show();
    useSession().state = { unlocked: false, lockReason: 'idle', current: null };
    expect(revealed.value.value).toBeNull();
  });

  it('goes with the component that showed it', async () => {
    const { revealed, leave } = revealing(secret);
    await revealed.show();
    leave();
    expect(revealed.value.value).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['hidden again', (revealed: Revealed) => revealed.hide()],
    ['locked', () => void (useSession().state = { unlocked: false, lockReason: 'hand', current: null })],
    ['hidden with the window', () => bridge.emit('visibilityChanged', { visible: false })],
  ])('is not shown if it comes after it was %s', async (_name, happens) => {
    const answer = later<Answer>();
    const { revealed } = revealing(() => answer.promise);
    const shown = revealed.show();
    happens(revealed);
    answer.resolve(await secret());
    await shown;
    expect(revealed.value.value).toBeNull();
  });

  it('is not shown if the component is gone when it comes', async () => {
    const answer = later<Answer>();
    const { revealed, leave } = revealing(() => answer.promise);
    const shown = revealed.show();
    leave();
    answer.resolve(await secret());
    await shown;
    expect(revealed.value.value).toBeNull();
  });

  it('starts its time anew when it is shown again', async () => {
    const { revealed } = revealing(secret);
    await revealed.show();
    await vi.advanceTimersByTimeAsync(20_000);
    await revealed.show();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(revealed.value.value).toBe('hunter2');
  });

  it('keeps the failure if it does not open', async () => {
    const { revealed } = revealing(async () => ({
      ok: false,
      error: { code: 'undecipherable', params: {} },
    }));
    await revealed.toggle();
    expect(revealed.value.value).toBeNull();
    expect(revealed.failure.value?.code).toBe('undecipherable');
  });
});
