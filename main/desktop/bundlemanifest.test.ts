import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFromBundle, readBundleManifest } from './bundlemanifest.ts';
import type { BundleManifest } from './bundlemanifest.ts';

const origin = 'app://strongroom';
let folder: string;
let manifest: BundleManifest;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'outside.html'), 'outside');
  writeFileSync(join(folder, 'site', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'site', 'assets', 'page.js'), 'export {}');
  writeFileSync(join(folder, 'site', 'assets', 'thread.mjs'), 'export {}');
  writeFileSync(join(folder, 'site', 'notes.txt'), 'not ours to serve');
  symlinkSync(join(folder, 'outside.html'), join(folder, 'site', 'link.html'));
  manifest = readBundleManifest(join(folder, 'site'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The plain object avoids the normalisation a real Request would do for us. */
function ask(url: string, method = 'GET'): Promise<Response> {
  return answerFromBundle(manifest, origin, { url, method } as Request);
}

describe('the app scheme', () => {
  it('serves listed files with the policy of the page', async () => {
    const page = await ask(`${origin}/index.html?x#y`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(await page.text()).toBe('<!doctype html>');
    for (const script of ['page.js', 'thread.mjs']) {
      const type = (await ask(`${origin}/assets/${script}`)).headers.get('content-type');
      expect(type).toContain('text/javascript');
    }
  });

  it.each([
    `${origin}/../outside.html`,
    `${origin}/..%2foutside.html`,
    `${origin}/%2e%2e/outside.html`,
    `${origin}/assets/../../outside.html`,
    `${origin}/assets/..\\..\\outside.html`,
    `${origin}//etc/passwd`,
    `${origin}/etc/passwd`,
    `${origin}/notes.txt`,
    `${origin}/link.html`,
    `${origin}/`,
    `${origin}/assets`,
    'app://other/index.html',
    'app://strongroom.evil/index.html',
    'file:///etc/passwd',
  ])('has nothing at %s', async (url) => {
    const answer = await ask(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
  });

  it('answers reading only', async () => {
    expect((await ask(`${origin}/index.html`, 'POST')).status).toBe(404);
  });
});
