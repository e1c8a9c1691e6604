/** How requests are read: JSON without prototype keys, and query strings with `name[]` arrays. */
import type { Api } from './context.ts';

/** An empty body counts as an empty object: official clients send JSON with every method. */
export function parseJsonBodies(app: Api): void {
  const parseStrictly = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, {});
    else void parseStrictly(request, body.toString(), done);
  });
}

/** `name[]=a&name[]=b` becomes a list under `name`, as does a repeated name. */
export function parseQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    const isList = key.endsWith('[]');
    const name = isList ? key.slice(0, -2) : key;
    const former = query[name];
    if (former === undefined) query[name] = isList ? [value] : value;
    else query[name] = Array.isArray(former) ? [...former, value] : [former, value];
  }
  return query;
}
