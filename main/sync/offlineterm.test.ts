/** How long a copy opens without contact, whatever is done to the clock. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryMirror, type TestMirror } from '../mirror/testmirror.ts';
import { noteContact, offlineTerm } from './offlineterm.ts';

const day = 24 * 60 * 60 * 1000;
const start = 1_800_000_000_000;
let here: TestMirror;
beforeEach(() => {
  here = temporaryMirror();
});
afterEach(() => here[Symbol.dispose]());
const term = (now: number) => offlineTerm(here.mirror, now);

describe('the right to be offline', () => {
  it('lasts for thirty days where the server says nothing, and for as long as it says', () => {
    noteContact(here.mirror, start, null);
    expect(term(start)).toEqual({ allowed: true, days: 30, until: start + 30 * day, isOver: false });
    expect(term(start + 30 * day - 1).isOver).toBe(false);
    expect(term(start + 30 * day).isOver).toBe(true);
    noteContact(here.mirror, start, { allowed: true, days: 2 });
    expect(term(start + 2 * day).isOver).toBe(true);
  });

  it('is none where it is not allowed', () => {
    noteContact(here.mirror, start, { allowed: false, days: 30 });
    expect(term(start)).toMatchObject({ allowed: false, until: start, isOver: true });
  });

  it('has no end before the first contact', () => {
    expect(term(start)).toMatchObject({ until: null, isOver: false });
  });

  it('is not prolonged by setting the clock back', () => {
    noteContact(here.mirror, start, null);
    expect(term(start + 31 * day).isOver).toBe(true);
    here.reopen();
    expect(term(start + day).isOver).toBe(true);
    expect(term(start - 3650 * day).isOver).toBe(true);
  });

  it('goes on after a contact, even if the clock had run ahead by years', () => {
    noteContact(here.mirror, start, null);
    expect(term(start + 3650 * day).isOver).toBe(true);
    noteContact(here.mirror, start + day, null);
    expect(term(start + day)).toMatchObject({ isOver: false, until: start + 31 * day });
  });
});
