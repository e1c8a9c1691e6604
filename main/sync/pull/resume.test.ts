import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { ResumePoint } from './resume.ts';

const minute = 60_000;
let here: TestMirror;
beforeEach(() => {
  here = temporaryMirror();
});
afterEach(() => here[Symbol.dispose]());

function at(minutes: number, firstSync = true): ResumePoint {
  return new ResumePoint(here.mirror, firstSync, () => minutes * minute);
}

describe('the resume point of a first sync', () => {
  it('knows vaults that are done and how far the one in hand is', () => {
    const before = at(0);
    before.finished('v1');
    before.reached('v2', 400, 900);
    const after = at(1);
    expect([after.isDone('v1'), after.isDone('v2')]).toEqual([true, false]);
    expect(after.startOf('v2')).toMatchObject({ offset: 400, total: 900 });
    expect(after.startOf('v3')).toEqual({ offset: 0, total: null });
  });

  it.each([31, -5])('is not believed %i minutes later', (minutes) => {
    at(0).finished('v1');
    expect(at(minutes).isDone('v1')).toBe(false);
  });

  it('is gone once the pull is through', () => {
    const point = at(0);
    point.finished('v1');
    point.clear();
    expect(here.mirror.syncState.get('pullMark')).toBeNull();
  });

  it('is neither read nor written by a later sync', () => {
    at(0).finished('v1');
    const later = at(1, false);
    expect(later.isDone('v1')).toBe(false);
    later.finished('v2');
    expect(at(2).isDone('v2')).toBe(false);
  });

  it.each(['{}', '[]', '{"at":1,"done":"all","partial":null}'])('does not trip over %s', (text) => {
    here.mirror.syncState.set('pullMark', text);
    expect(at(1).isDone('v1')).toBe(false);
  });
});
