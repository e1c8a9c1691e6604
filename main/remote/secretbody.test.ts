import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSecretBody } from './secretbody.ts';

describe('a body with secrets', () => {
  it('is the JSON of its members and secrets, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        async (members, secret) => {
          const text = await withSecretBody(
            { inner: members },
            { password: Buffer.from(secret) },
            async (body) => body.toString('utf8'),
          );
          const expected: unknown = JSON.parse(JSON.stringify({ inner: members, password: secret }));
          expect(JSON.parse(text)).toEqual(expected);
        },
      ),
    );
  });

  it('leaves out what is undefined', async () => {
    const text = await withSecretBody({ a: undefined, b: 1 }, {}, async (body) => body.toString('utf8'));
    expect(text).toBe('{"b":1}');
  });

  it('is wiped once it was used, whether or not it could be sent, and leaves the secret to its owner', async () => {
    const password = Buffer.from('signs in');
    let lent: Buffer = Buffer.alloc(0);
    const sending = withSecretBody({}, { password }, (body) => {
      lent = body;
      return Promise.reject(new Error('no line'));
    });
    await expect(sending).rejects.toThrow('no line');
    expect(lent.length).toBeGreaterThan(0);
    expect(lent.every((byte) => byte === 0)).toBe(true);
    expect(password.toString('utf8')).toBe('signs in');
  });
});
