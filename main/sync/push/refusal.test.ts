/** What a failed sending means for its operation and for the others. */
import { expect, it } from 'vitest';
import { StrongroomError } from '../../../contract/errors.ts';
import { refusalFor } from './refusal.ts';

it.each([
  ['unreachable', { reason: 'refused' }, 'stop'],
  ['unreachable', { reason: 'timeout' }, 'stop'],
  ['unreachable', { reason: 'reset' }, 'stays'],
  ['serverBusy', { status: 500 }, 'stays'],
  ['serverBusy', { status: 503 }, 'stop'],
  ['serverBusy', { status: 429 }, 'stop'],
  ['serverBusy', { status: 423 }, 'stop'],
  ['serverBusy', { status: 500, retryAfterMs: 1000 }, 'stop'],
  ['signInAgain', {}, 'stop'],
  ['hashDemandedTooEarly', {}, 'stop'],
  ['cancelled', {}, 'stop'],
  ['forbidden', {}, 'hold'],
  ['badAnswer', { reason: 'status', status: 422 }, 'hold'],
  ['badAnswer', { reason: 'shape' }, 'stays'],
  ['badAnswer', { reason: 'keyReused', status: 422 }, 'reused'],
  ['notFound', {}, 'gone'],
  ['changedMeanwhile', {}, 'look'],
  ['notRestorable', {}, 'hold'],
  ['attachmentNotHere', {}, 'hold'],
] as const)('%s %o: %s', (code, params, refusal) => {
  expect(refusalFor(new StrongroomError(code, params), 'edit')).toBe(refusal);
});

it.each([
  ['create', 'gone'],
  ['move', 'gone'],
  ['createFolder', 'gone'],
  ['moveFolder', 'gone'],
  ['edit', 'hold'],
  ['attach', 'hold'],
] as const)('a bad request to %s: %s, since its place may have gone', (kind, refusal) => {
  const failure = new StrongroomError('badAnswer', { reason: 'status', status: 400 });
  expect(refusalFor(failure, kind)).toBe(refusal);
});
