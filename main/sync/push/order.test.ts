import { describe, expect, it } from 'vitest';
import { temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { sendingOrder } from './order.ts';

/** As many as are read in several turns. */
const many = 1_200;

function fill({ mirror }: TestMirror): void {
  mirror.transaction(() => {
    for (let at = 0; at < many; at += 1) {
      const objectId = `r${String(at)}`;
      const change = { kind: 'favourite', favourite: true } as const;
      mirror.outbox.add({ object: 'record', objectId, name: objectId, change, at });
    }
  });
}

describe('the order in which changes are sent', () => {
  it('is that of the changes, those that failed last', async () => {
    using test = temporaryMirror();
    fill(test);
    const { outbox } = test.mirror;
    const seqs = outbox.all().map(({ seq }) => seq);
    const failed = outbox.all()[700];
    outbox.tried(failed?.id ?? '', 1);
    const order = await sendingOrder(test.mirror, new AbortController().signal);
    expect(order).toEqual([...seqs.filter((seq) => seq !== failed?.seq), failed?.seq]);
  });

  it('is made in several turns, between which others go first', async () => {
    using test = temporaryMirror();
    fill(test);
    let turns = 0;
    let ended = false;
    const order = sendingOrder(test.mirror, new AbortController().signal).finally(() => (ended = true));
    while (!ended) {
      turns += 1;
      await new Promise(setImmediate);
    }
    expect(turns).toBeGreaterThan(2);
    expect(await order).toHaveLength(many);
  });

  it('can be broken off between two turns', async () => {
    using test = temporaryMirror();
    fill(test);
    const abort = new AbortController();
    const order = sendingOrder(test.mirror, abort.signal);
    abort.abort();
    await expect(order).rejects.toMatchObject({ code: 'cancelled' });
  });
});
