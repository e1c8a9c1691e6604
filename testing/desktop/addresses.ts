/**
 * The two names of one page.
 *
 * A page in plain Chromium cannot be at `app://`, so the stand-in serves a registered
 * scheme under an https name of its own (`app://strongroom/x` is shown at
 * `https://strongroom.app.invalid/x`; `.invalid` never resolves, RFC 2606). The
 * application only ever sees its own name.
 */

const reserved = 'invalid';

/** Where Chromium finds what the application calls `url`; other addresses stay. */
export function toPageAddress(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)(.*)$/i.exec(url);
  const [, scheme = '', host = '', rest = ''] = match ?? [];
  if (match === null || /^(https?|wss?|ftp|file|devtools|chrome)$/i.test(scheme)) return url;
  return `https://${host}.${scheme.toLowerCase()}.${reserved}${rest === '' ? '/' : rest}`;
}

/** What the application calls the page that Chromium has at `address`. */
export function toAppAddress(address: string): string {
  const match = /^https:\/\/([^/?#]+)\.([a-z][a-z0-9+-]*)\.invalid(?=[/?#]|$)(.*)$/.exec(address);
  if (match === null) return address;
  const [, host = '', scheme = '', rest = ''] = match;
  return `${scheme}://${host}${rest}`;
}

/** Scheme, host and port of `url`, also of a scheme that URL calls opaque; `null` if none. */
export function originOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.host === '') return 'null';
  return `${parsed.protocol}//${parsed.host}`;
}
