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
  expect(refusalFor(new StrongroomError(code, params), { kind: 'edit', fields: {} })).toBe(refusal);
});

const inFolder = { vaultId: 'v', folderId: 'f' };
const texts = { name: 'new', login: '', urls: [], description: '', tags: [], color: 0 };
const fields = { ...texts, passwordEncrypted: null, customs: [] };

it.each([
  [{ kind: 'create', place: inFolder, keyWrapped: null, fields }, 'gone'],
  [{ kind: 'create', place: { ...inFolder, folderId: null }, keyWrapped: null, fields }, 'hold'],
  [{ kind: 'move', place: inFolder, keyWrapped: null }, 'gone'],
  [{ kind: 'createFolder', vaultId: 'v', parentId: 'f', name: 'new' }, 'gone'],
  [{ kind: 'createFolder', vaultId: 'v', parentId: null, name: 'new' }, 'hold'],
  [{ kind: 'moveFolder', parentId: 'f' }, 'gone'],
  [{ kind: 'edit', fields: {} }, 'hold'],
  [{ kind: 'attach', attachmentId: 'a' }, 'hold'],
] as const)('a bad request for %o: %s, since a folder may have gone', (change, refusal) => {
  const failure = new StrongroomError('badAnswer', { reason: 'status', status: 400 });
  expect(refusalFor(failure, change)).toBe(refusal);
});
