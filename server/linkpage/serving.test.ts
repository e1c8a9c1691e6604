import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer } from '../../testing/organisation/index.ts';
import type { TrialServer } from '../../testing/organisation/index.ts';

let server: TrialServer;
const token = 'aB3'.repeat(8) + 'x';

beforeAll(async () => {
  server = await startTrialServer({});
});
afterAll(() => server.close());

const fetched = async (path: string): Promise<{ answer: Response; text: string }> => {
  const answer = await fetch(server.url + path);
  return { answer, text: await answer.text() };
};

describe('the page of a link', () => {
  it('comes with a policy that allows nothing but its own files', async () => {
    const { answer, text } = await fetched(`/g/p/${token}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = (answer.headers.get('content-security-policy') ?? '').split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
        ...["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"],
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('x-robots-tag')).toContain('noindex');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(text).not.toMatch(/<style|style=|\son\w+=|https?:\/\//);
    expect(text.match(/<script/g)).toHaveLength(1);
  });

  it('has every file that its files ask for, and hands out no other', async () => {
    const wanted = ['page.css', 'main.js'];
    for (const name of wanted) {
      const { answer, text } = await fetched(`/g/page/${name}`);
      expect(answer.status, name).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      for (const [, imported = ''] of text.matchAll(/from '\.\/(\w+\.js)'/g)) {
        if (!wanted.includes(imported)) wanted.push(imported);
      }
    }
    expect(wanted.length).toBeGreaterThan(8);
    for (const name of ['reading.test.ts', 'tsconfig.json', '..%2Fserving.ts', '%2e%2e%2fserving.ts']) {
      expect((await fetched(`/g/page/${name}`)).answer.status, name).toBe(404);
    }
  });

  it('says nothing of whether there is such a link', async () => {
    const [one, other] = [await fetched(`/g/p/${token}`), await fetched('/g/p/nothing')];
    expect(one.text).toBe(other.text);
    expect(one.answer.status).toBe(other.answer.status);
  });
});
