/**
 * The page that opens external links in the receiver's browser ("Passwork 7 protocol", "External
 * link"; the address is the protocol's). It is plain files of this folder, read once at the start:
 * nobody else's code, nothing inline, nothing from elsewhere, and a policy that says so.
 *
 * The code of a link stands in the fragment, which browsers never send. So the server sees no more
 * here than that somebody asks for a page, and the log has the pattern of the route only.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import type { Api } from '../api/context.ts';
import { notFound } from '../api/errors.ts';

/** Where links are opened, for the announcement in `app/features`. */
export const linkPagePath = '/g/p/{token}#code={code}';

const folder = join(import.meta.dirname, 'page');
const scripts = [
  ...['asking.js', 'codes.js', 'elements.js', 'envelope.js', 'files.js', 'main.js'],
  ...['md5.js', 'record.js', 'totp.js', 'words.js'],
];

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow, noarchive',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** Registers the page and its files, outside the path of the API. */
export function linkPageRoutes(app: Api): void {
  const page = read('index.html');
  const files = new Map(scripts.map((name) => [name, { type: 'text/javascript', text: read(name) }]));
  files.set('page.css', { type: 'text/css', text: read('page.css') });
  const send = (reply: FastifyReply, type: string, text: string) =>
    reply.headers(headers).type(`${type}; charset=utf-8`).send(text);
  const config = { needs: 'nothing', neverWrapped: true } as const;

  // Whether there is such a link is the page's question, not the address's.
  app.get('/g/p/:token', { config, schema: { hide: true } }, (_request, reply) =>
    send(reply, 'text/html', page),
  );
  app.get<{ Params: { file: string } }>(
    '/g/page/:file',
    { config, schema: { hide: true } },
    (request, reply) => {
      const file = files.get(request.params.file);
      if (!file) throw notFound();
      return send(reply, file.type, file.text);
    },
  );
}
