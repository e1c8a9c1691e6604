import { describe, expect, it } from 'vitest';
import { QueuePace } from './queuepace.ts';

describe('the pace of a queue', () => {
  let clock = 0;
  const at = (ms: number): void => void (clock = ms);

  it('is told once there is something to tell, over the last seconds only', () => {
    at(0);
    const pace = new QueuePace(() => clock);
    expect(pace.bytesPerSecond()).toBeNull();
    pace.begin(0);
    at(200);
    pace.note(1000);
    expect(pace.bytesPerSecond()).toBeNull();
    at(1000);
    pace.note(4000);
    expect(pace.bytesPerSecond()).toBe(4000);
    for (let second = 2; second <= 20; second++) {
      at(second * 1000);
      pace.note(4000 + second * 100);
    }
    expect(pace.bytesPerSecond()).toBe(100);
  });

  it('is never below nothing when a file is taken out of the sum', () => {
    at(0);
    const pace = new QueuePace(() => clock);
    pace.begin(0);
    pace.note(5000);
    at(1000);
    pace.note(0);
    expect(pace.bytesPerSecond()).toBe(0);
  });
});
