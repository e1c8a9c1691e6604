import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonStringOf, parseJson } from './json.ts';

const refusal = (reason: string) => expect.objectContaining({ code: 'badAnswer', params: { reason } });

describe('JSON from a server', () => {
  it('reads whatever JSON.parse reads, within the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json({ maxDepth: 8 }).filter((text) => !/__proto__|constructor|prototype/.test(text)),
        async (text) => {
          expect(await parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('reads strings with quotes and backslashes at every place', async () => {
    const value = { 'a"b\\': ['\\', '\\\\"', '"', '{[', 'ключ'] };
    expect(await parseJson(Buffer.from(JSON.stringify(value)))).toEqual(value);
  });

  it('refuses nesting that no honest answer has, before parsing it', async () => {
    const deep = Buffer.from('['.repeat(3_000_000));
    await expect(parseJson(deep)).rejects.toThrow(refusal('depth'));
  });

  it('does not count brackets inside strings', async () => {
    expect(await parseJson(Buffer.from(JSON.stringify('['.repeat(500))))).toBe('['.repeat(500));
  });

  it('refuses a list of more members than any answer has', async () => {
    await expect(parseJson(Buffer.from(`[${'0,'.repeat(4_000_001)}0]`))).rejects.toThrow(refusal('members'));
  });

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":[{"constructor":1}]}',
    '{"\\u005f_proto__":1}',
    '{"prototype":null}',
  ])('refuses %s', async (text) => {
    await expect(parseJson(Buffer.from(text))).rejects.toThrow(refusal('key'));
  });

  it.each(['', '{', '{"a":1,}', 'nonsense', '{"a":1}x', '"open', 'NaN'])('refuses %j', async (text) => {
    await expect(parseJson(Buffer.from(text))).rejects.toThrow(refusal('json'));
  });

  it('refuses bytes that are not UTF-8', async () => {
    await expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).rejects.toThrow(refusal('utf8'));
  });

  it('never quotes the text in its error', async () => {
    const failure = await parseJson(Buffer.from('{"password":"hunter2')).catch((error: unknown) => error);
    expect(JSON.stringify([failure, String(failure), (failure as Error).stack])).not.toContain('hunter2');
  });
});

describe('a secret written as a JSON string without being one', () => {
  it('equals what JSON.stringify writes, read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(jsonStringOf(Buffer.from(text, 'utf8')).toString('utf8'))).toBe(
          Buffer.from(text, 'utf8').toString('utf8'),
        );
      }),
    );
  });

  it('escapes quotes, backslashes and control characters', () => {
    const text = '"\\\u0000\u001f\n\tя😀';
    expect(JSON.parse(jsonStringOf(Buffer.from(text)).toString('utf8'))).toBe(text);
  });
});
