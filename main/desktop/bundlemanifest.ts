/**
 * The list of files that the page may load.
 *
 * It is read once at start from the built bundle. A request is looked up in it as a whole
 * string, so no path of a request ever reaches the file system and there is nothing to walk
 * out of.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { pageHeaders } from './contentpolicy.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export type BundleManifest = ReadonlyMap<string, string>;

/** Maps URL paths (`/index.html`) to files; kinds of files we do not ship are left out. */
export function readBundleManifest(folder: string): BundleManifest {
  const manifest = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !(extname(entry.name) in contentTypes)) continue;
    const file = join(entry.parentPath, entry.name);
    manifest.set('/' + relative(folder, file).split(sep).join('/'), file);
  }
  return manifest;
}

/** Answers one request of the app's scheme; 404 for whatever the manifest does not list. */
export async function answerFromBundle(
  manifest: BundleManifest,
  origin: string,
  request: Request,
): Promise<Response> {
  const file = request.method === 'GET' ? manifest.get(listedPath(request.url, origin)) : undefined;
  if (file === undefined) return new Response(null, { status: 404, headers: pageHeaders });
  const body = await readFile(file);
  const type = contentTypes[extname(file)] ?? 'application/octet-stream';
  return new Response(new Uint8Array(body), {
    status: 200,
    headers: { ...pageHeaders, 'Content-Type': type },
  });
}

/** The part of a URL to look up; empty (never listed) for other origins. Not decoded on purpose. */
function listedPath(url: string, origin: string): string {
  if (!url.startsWith(origin + '/')) return '';
  const path = url.slice(origin.length);
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}
