// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { grouped, useOneTimeCode } from './oneTimeCode.ts';

let bridge: FakeBridge;
let reads = 0;

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_800_000_011_000);
  reads = 0;
  bridge = fakeBridge({});
  vi.stubGlobal('strongroom', bridge.api);
});

afterEach(() => {
  vi.useRealTimers();
});

async function showing() {
  let made: ReturnType<typeof useOneTimeCode> | undefined;
  const wrapper = mount(
    defineComponent({
      setup() {
        made = useOneTimeCode(async () => {
          reads += 1;
          const validUntil = (Math.floor(Date.now() / 30_000) + 1) * 30_000;
          return done({
            ...{ code: String(100_000 + reads), next: String(100_001 + reads) },
            ...{ periodMs: 30_000, validUntil },
          });
        });
        return () => null;
      },
    }),
  );
  await vi.advanceTimersByTimeAsync(0);
  if (!made) throw new Error('the component did not run');
  return { code: made, leave: () => wrapper.unmount() };
}

describe('a one-time code', () => {
  it('shows its digits in groups, its seconds and its ring', async () => {
    const { code } = await showing();
    expect(code.digits.value).toBe('100 001');
    expect(code.next.value).toBe('100 002');
    expect(code.seconds.value).toBe(19);
    expect(code.share.value).toBeCloseTo(19 / 30);
  });

  it('is read again when its time is over, and not before', async () => {
    const { code } = await showing();
    await vi.advanceTimersByTimeAsync(18_000);
    expect(reads).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(reads).toBe(2);
    expect(code.digits.value).toBe('100 002');
  });

  it('is forgotten, with no timer left, while nobody can see the window', async () => {
    const { code } = await showing();
    bridge.emit('visibilityChanged', { visible: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(code.digits.value).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
    bridge.emit('visibilityChanged', { visible: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(code.digits.value).toBe('100 002');
  });

  it('leaves no timer behind', async () => {
    const { leave } = await showing();
    leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is grouped by halves', () => {
    expect(grouped('12345678')).toBe('1234 5678');
    expect(grouped('1234567')).toBe('1234 567');
    expect(grouped('12345')).toBe('12345');
  });
});
