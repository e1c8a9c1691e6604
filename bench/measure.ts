/** Timing for the benchmarks: rounds that alternate between the thing and its peer, so that a machine whose speed drifts treats both alike. */

export interface Paired {
  /** Milliseconds of each round. */
  readonly ours: number[];
  readonly peers: number[];
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Runs both in turn, after one uncounted round each. */
export function alternate(rounds: number, ours: () => void, peer: () => void): Paired {
  ours();
  peer();
  const paired: Paired = { ours: [], peers: [] };
  for (let round = 0; round < rounds; round++) {
    paired.ours.push(timed(ours));
    paired.peers.push(timed(peer));
  }
  return paired;
}
