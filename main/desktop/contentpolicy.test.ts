import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from './contentpolicy.ts';

const rules = new Map(
  contentSecurityPolicy.split('; ').map((rule) => {
    const [name = '', ...sources] = rule.split(' ');
    return [name, sources];
  }),
);

describe('the policy of the page', () => {
  it('lets no connection, frame, form or base be made', () => {
    for (const name of ['default-src', 'connect-src', 'base-uri', 'form-action', 'frame-ancestors']) {
      expect(rules.get(name)).toEqual(["'none'"]);
    }
    expect(['frame-src', 'child-src', 'object-src', 'media-src'].filter((name) => rules.has(name))).toEqual(
      [],
    );
  });

  it('runs scripts and threads of the bundle only, and none made from a string or a blob', () => {
    expect(rules.get('script-src')).toEqual(["'self'"]);
    // Threads fall back to what is said of scripts.
    expect(rules.has('worker-src')).toBe(false);
    expect(rules.get('require-trusted-types-for')).toEqual(["'script'"]);
    expect(rules.get('trusted-types')).toEqual(['vue', 'pdf-thread']);
  });

  it('shows blobs as pictures and as nothing else', () => {
    const withBlobs = [...rules].filter(([, sources]) => sources.includes('blob:')).map(([name]) => name);
    expect(withBlobs).toEqual(['img-src']);
  });
});
