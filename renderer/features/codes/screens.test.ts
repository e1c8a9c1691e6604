// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import type { Result } from '../../../contract/errors.ts';
import { done, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import { useSession } from '../unlock/session.ts';
import type { Pixels } from './qrPicture.ts';
import { type Screens, useScreens } from './screens.ts';

type Answer = Result<{ pictures: Uint8Array<ArrayBuffer>[] }>;

const png = () => Uint8Array.of(137, 80, 78, 71);
const lock = () => void (useSession().state = { unlocked: false, lockReason: 'hand', current: null });
let decoded: Pixels[] = [];

/** One grey pixel for each picture, remembered so that a test can see it wiped. */
async function decode(): Promise<Pixels> {
  const pixels = { data: Uint8ClampedArray.of(9, 9, 9, 255), width: 1, height: 1 };
  decoded.push(pixels);
  return pixels;
}

beforeEach(() => {
  decoded = [];
  setActivePinia(createPinia());
  useSession().state = { unlocked: true, lockReason: 'start', current: null };
});

function looking(
  answer: () => Answer | Promise<Answer>,
  decodes: (png: Uint8Array<ArrayBuffer>) => Promise<Pixels | null> = decode,
): { readonly screens: Screens; readonly leave: () => void } {
  vi.stubGlobal('strongroom', fakeBridge({ codes: { lookAtScreens: answer } }).api);
  let screens: Screens | undefined;
  const wrapper = mount(
    defineComponent({
      setup() {
        screens = useScreens(decodes);
        return () => null;
      },
    }),
  );
  if (!screens) throw new Error('the component did not run');
  return { screens, leave: () => wrapper.unmount() };
}

const wiped = () => decoded.map(({ data }) => data.every((value) => value === 0));

describe('the pictures of the screens', () => {
  it('are held once they are taken, and the files they came as are overwritten', async () => {
    const files = [png(), png()];
    const { screens } = looking(() => done({ pictures: files }));
    expect(await screens.take()).toBeNull();
    expect(screens.pictures.value).toHaveLength(2);
    expect(files.flatMap((file) => [...file]).every((value) => value === 0)).toBe(true);
    expect(wiped()).toEqual([false, false]);
  });

  it.each([
    ['it was left', ({ screens }: ReturnType<typeof looking>) => screens.drop()],
    ['everything locked', lock],
    ['its component went', ({ leave }: ReturnType<typeof looking>) => leave()],
    ['they are taken anew', ({ screens }: ReturnType<typeof looking>) => void screens.take()],
  ])('are overwritten when %s', async (_when, end) => {
    const look = looking(() => done({ pictures: [png()] }));
    await look.screens.take();
    end(look);
    expect(wiped()[0]).toBe(true);
    expect(look.screens.pictures.value).toEqual([]);
  });

  it('that come after the lock are dropped unseen', async () => {
    const answer = later<Answer>();
    const { screens } = looking(() => answer.promise);
    const taking = screens.take();
    expect(screens.state.value.kind).toBe('taking');
    lock();
    answer.resolve(done({ pictures: [png()] }));
    expect(await taking).toBeNull();
    expect(screens.state.value.kind).toBe('none');
    expect(wiped()).toEqual([true]);
  });

  it('say why there are none', async () => {
    const refused = looking(() => ({ ok: false, error: { code: 'forbidden', params: {} } }));
    expect(await refused.screens.take()).toEqual({ code: 'forbidden', params: {} });
    const none = { code: 'noQrCode', params: { reason: 'noScreen' } };
    expect(await looking(() => done({ pictures: [] })).screens.take()).toEqual(none);
    const broken = looking(
      () => done({ pictures: [png()] }),
      async () => null,
    );
    expect(await broken.screens.take()).toEqual(none);
    expect(broken.screens.state.value.kind).toBe('none');
  });
});
