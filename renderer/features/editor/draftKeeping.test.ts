// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp, effectScope, nextTick, type Ref, ref, shallowRef } from 'vue';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { Place } from '../../../contract/editing.ts';
import type { ErrorCode, Result } from '../../../contract/errors.ts';
import type { RecordView } from '../../../contract/records.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import { type Draft, draftOf } from './draft.ts';
import { useDraftKeeping } from './draftKeeping.ts';
import { useDrafts } from './drafts.ts';

let bridge: FakeBridge;
let refusal: ErrorCode | null;
/** Holds every hand-over until it is let go. */
let held: { promise: Promise<void>; resolve: (value: undefined) => void } | null;
/** Names of the forms as they were handed over, and the very bytes that were lent. */
let kept: string[];
let lent: Uint8Array[];

beforeEach(() => {
  setActivePinia(createPinia());
  refusal = null;
  held = null;
  kept = [];
  lent = [];
  bridge = fakeBridge({
    drafts: {
      keep: async ({ form }): Promise<Result<{ at: number }>> => {
        kept.push(form.name);
        lent.push(form.password.value);
        await held?.promise;
        return refusal ? { ok: false, error: { code: refusal, params: {} } } : done({ at: 1 });
      },
      drop: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

function open() {
  const draft: Ref<Draft | null> = ref(draftOf(null));
  const place = ref<Place | null>(null);
  const touched = ref(true);
  const scope = effectScope();
  const app = createApp({}).use(i18n);
  const form = { base: shallowRef<RecordView | null>(null), draft, place, touched };
  const bytes = (): Uint8Array => new TextEncoder().encode('typed');
  const keeping = scope.run(() =>
    app.runWithContext(() => useDraftKeeping('d1', () => ({ kind: 'create', place: null }), form, bytes)),
  );
  if (!keeping) throw new Error('the scope did not run');
  async function type(name: string): Promise<void> {
    if (draft.value) Object.assign(draft.value, { name, password: { mode: 'typed', length: 5 } });
    await nextTick();
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { keeping, type, touched, end: () => scope.stop() };
}

describe('a form that is typed into', () => {
  it('is handed over at each change, and its bytes are wiped', async () => {
    const { keeping, type } = open();
    await type('filled by the page');
    expect(kept).toEqual([]);
    keeping.begin();
    await type('Swi');
    await type('Switch');
    expect(kept).toEqual(['Swi', 'Switch']);
    expect(lent.every((bytes) => bytes.length === 5 && bytes.every((byte) => byte === 0))).toBe(true);
  });

  it('queues nothing: what changes during a hand-over goes with the next one', async () => {
    const { keeping, type } = open();
    keeping.begin();
    const gate = later<undefined>();
    held = gate;
    for (const name of ['a', 'ab', 'abc', 'abcd']) await type(name);
    expect(kept).toEqual(['a']);
    gate.resolve(undefined);
    expect(await keeping.handOver()).toBe(true);
    expect(kept.at(-1)).toBe('abcd');
    expect(kept.length).toBeLessThanOrEqual(3);
  });

  it('drops its draft when nothing is left that was typed', async () => {
    const { keeping, type, touched } = open();
    keeping.begin();
    await type('a');
    touched.value = false;
    await type('');
    expect(bridge.calls.map(({ name }) => name)).toEqual(['drafts.keep', 'drafts.drop']);
  });

  it('says once that it cannot be kept, and that a lock would lose it', async () => {
    const { keeping, type } = open();
    keeping.begin();
    refusal = 'diskFull';
    await type('a');
    await type('ab');
    expect(useToasts().toasts).toHaveLength(1);
    expect(await keeping.handOver()).toBe(false);
    refusal = null;
    expect(await keeping.handOver()).toBe(true);
  });

  it('hands nothing over once it was saved, dropped, or everything locked', async () => {
    const { keeping, type, end } = open();
    keeping.begin();
    await type('a');
    useDrafts().forget();
    await type('ab');
    end();
    await type('abc');
    expect(kept).toEqual(['a']);
  });
});
