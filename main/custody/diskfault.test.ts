import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StrongroomError } from '../../contract/errors.ts';
import { asDiskFault } from './diskfault.ts';

function fault(code: string): unknown {
  return asDiskFault(Object.assign(new Error(`${code}: /a/secret/path`), { code, syscall: 'write' }));
}

describe('faults of the disk', () => {
  it.each([
    ['ENOSPC', 'diskFull'],
    ['EDQUOT', 'diskFull'],
    ['EROFS', 'diskReadOnly'],
    ['EACCES', 'diskReadOnly'],
    ['EIO', 'diskError'],
    ['EMFILE', 'diskError'],
  ])('%s is %s, without path or message', (code, expected) => {
    const error = fault(code);
    expect(error).toBeInstanceOf(StrongroomError);
    expect(error).toMatchObject({ code: expected, message: expected, params: {} });
  });

  it('are recognised as the file system throws them', () => {
    let thrown: unknown;
    try {
      readFileSync('/no/such/file');
    } catch (error) {
      thrown = error;
    }
    expect(asDiskFault(thrown)).toMatchObject({ code: 'diskError' });
  });

  it('leave every other error as it is', () => {
    const mistake = new TypeError('a mistake in the program');
    expect(asDiskFault(mistake)).toBe(mistake);
    const known = new StrongroomError('tampered');
    expect(asDiskFault(known)).toBe(known);
  });
});
