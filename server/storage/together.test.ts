import { describe, expect, it } from 'vitest';
import { writtenTogether } from './together.ts';

/** A write that stays under way until it is let through. */
function gate() {
  const written: number[][] = [];
  const doors: { open: () => void; fail: (error: Error) => void }[] = [];
  const add = writtenTogether<number>((entries) => {
    written.push(entries);
    return new Promise((open, fail) => doors.push({ open, fail }));
  });
  return { add, written, doors };
}
/** Long enough for one turn of the work, whichever of the two is called first. */
const settle = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('writes that are kept together', () => {
  it('share the commit after the one that is under way, in the order of the calls', async () => {
    const { add, written, doors } = gate();
    const kept: number[] = [];
    const call = (entry: number) => add([entry]).then(() => kept.push(entry));
    const calls = [1, 2].map(call);
    await settle();
    calls.push(...[3, 4, 5].map(call));
    await settle();
    expect(written).toEqual([[1, 2]]);
    expect(kept).toEqual([]);
    doors[0]?.open();
    await settle();
    expect(written).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(kept).toEqual([1, 2]);
    doors[1]?.open();
    await Promise.all(calls);
    expect(kept).toEqual([1, 2, 3, 4, 5]);
  });

  it('fail together, and those after them do not', async () => {
    const { add, doors } = gate();
    const first = add([1]);
    await settle();
    const outcomes = Promise.allSettled([add([2]), add([3])]);
    await settle();
    doors[0]?.open();
    await first;
    await settle();
    doors[1]?.fail(new Error('disk full'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = add([4]);
    await settle();
    doors[2]?.open();
    await expect(later).resolves.toBeUndefined();
  });

  it('are bounded, and a large one goes alone', async () => {
    const { add, written, doors } = gate();
    const many = (count: number) => Array.from({ length: count }, (_, index) => index);
    const calls = [add([0]), add(many(900)), add(many(300)), add(many(300))];
    for (let turn = 0; turn < 4; turn += 1) {
      await settle();
      doors[turn]?.open();
    }
    await Promise.all(calls);
    expect(written.map((entries) => entries.length)).toEqual([1, 900, 300, 300]);
  });
});
