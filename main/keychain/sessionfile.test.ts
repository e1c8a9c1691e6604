import { describe, expect, it } from 'vitest';
import { sealEnvelope } from './envelope.ts';
import { asMasterKey } from './keys.ts';
import { decodeSessionFile, encodeSessionFile } from './sessionfile.ts';

const refusal = expect.objectContaining({ code: 'undecipherable', params: {} });
const key = Buffer.from('a session key');
const tokens = { accessToken: Buffer.from('access "quoted"'), refreshToken: Buffer.from('обновить') };
const fileOf = (text: string): string => Buffer.from(sealEnvelope(Buffer.from(text), key)).toString('base64');

describe('session file', () => {
  it('comes back, with and without a master key', () => {
    const withKey = { ...tokens, masterKey: asMasterKey(Buffer.alloc(88, 'm')) };
    expect(decodeSessionFile(encodeSessionFile(withKey, key), key)).toEqual(withKey);
    expect(decodeSessionFile(`${encodeSessionFile(tokens, key)}\n`, key)).toEqual(tokens);
    expect(
      decodeSessionFile(fileOf('{"access_token":"a","refresh_token":"r","master_key":""}'), key),
    ).toEqual({
      accessToken: Buffer.from('a'),
      refreshToken: Buffer.from('r'),
    });
  });

  it.each([
    ['no JSON', fileOf('hello')],
    ['an array', fileOf('[]')],
    ['null', fileOf('null')],
    ['a missing token', fileOf('{"access_token":"a"}')],
    ['a number as token', fileOf('{"access_token":1,"refresh_token":"r"}')],
    ['a number as master key', fileOf('{"access_token":"a","refresh_token":"r","master_key":5}')],
    ['no envelope', Buffer.from('hello').toString('base64')],
    ['bytes', Buffer.from([0xff, 0xe9]).toString('base64')],
    ['nothing', ''],
  ])('with %s is refused', (_, file) => {
    expect(() => decodeSessionFile(file, key)).toThrow(refusal);
  });

  it('needs its key', () => {
    const file = encodeSessionFile(tokens, key);
    expect(() => decodeSessionFile(file, Buffer.from('another'))).toThrow(refusal);
    const emptyKey = expect.objectContaining({ code: 'emptyKey' });
    expect(() => decodeSessionFile(file, Buffer.alloc(0))).toThrow(emptyKey);
    expect(() => encodeSessionFile(tokens, Buffer.alloc(0))).toThrow(emptyKey);
  });
});
