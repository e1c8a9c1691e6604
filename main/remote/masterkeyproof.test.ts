import { describe, expect, it } from 'vitest';
import { parseServerAddress } from './address.ts';
import { HashGate } from './masterkeyproof.ts';

const hash = 'ab'.repeat(32);
const secure = parseServerAddress('vault.corp.example');

describe('the gate of the master key hash', () => {
  it('sends nothing until it is opened, then both names, and nothing once it is closed', () => {
    const gate = new HashGate(secure);
    expect(gate.headers()).toEqual({});
    gate.open(hash);
    expect(gate.headers()).toEqual({ 'X-Master-Key-Hash': hash, 'Passwork-MasterKeyHash': hash });
    gate.close();
    expect([gate.isOpen, gate.headers()]).toEqual([false, {}]);
  });

  it('sends nothing to a server that does not ask for it', () => {
    const gate = new HashGate(secure);
    gate.announceOptional(true);
    gate.open(hash);
    expect(gate.headers()).toEqual({});
  });

  it('sends nothing over plain HTTP to another computer, whoever made the address', () => {
    const gate = new HashGate({ ...secure, origin: 'http://vault.corp.example', secure: false });
    gate.open(hash);
    expect(gate.headers()).toEqual({});
  });

  it.each(['', 'AB'.repeat(32), 'ab'.repeat(31), 'password'])('takes no hash that is none: %j', (text) => {
    expect(() => new HashGate(secure).open(text)).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});
