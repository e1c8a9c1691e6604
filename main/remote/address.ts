/**
 * What a person types as a server's address, made into one normal form.
 *
 * Plain HTTP would show login, password and tokens to everybody on the way, so it is taken
 * for this computer's own addresses only, where a development server or a tunnel may stand.
 */
import { StrongroomError } from '../../contract/index.ts';

/** Path of the protocol below a server's address (Passwork 7 protocol, "Base, headers, envelope"). */
export const apiPath = '/api/v1';

/** A server's address in its normal form. */
export interface ServerAddress {
  /** Scheme, host, port and path prefix, without a closing slash. */
  readonly origin: string;
  /** Host as shown to people: with its port where that is not the usual one. */
  readonly host: string;
  /** Host name or IP address alone; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** False for plain HTTP on this computer itself. */
  readonly secure: boolean;
  /** Path in front of the protocol's own, e.g. `/passwork`, or empty. */
  readonly prefix: string;
}

const schemePattern = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Reads a typed address: a bare host, one with a port, a URL, with or without a path prefix.
 * @throws StrongroomError `badAddress` with reason `notUrl`, or `insecure` for plain HTTP elsewhere.
 */
export function parseServerAddress(text: string): ServerAddress {
  const url = readUrl(text.trim());
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  if (!secure && !isLoopbackHost(hostname)) throw new StrongroomError('badAddress', { reason: 'insecure' });
  const prefix = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/api\/v1$/, '')
    .replace(/\/+$/, '');
  return {
    origin: `${url.protocol}//${url.host}${prefix}`,
    host: url.host,
    hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    prefix,
  };
}

function readUrl(text: string): URL {
  const url = URL.parse(schemePattern.test(text) ? text : `https://${text}`);
  const usable =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.hostname !== '' &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '' &&
    !/\s/.test(text);
  if (!usable) throw new StrongroomError('badAddress', { reason: 'notUrl' });
  return url;
}

/** True for 127.0.0.0/8, ::1 and `localhost`: traffic that never leaves this computer. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '::1' ||
    /^127\.(?:\d{1,3})\.(?:\d{1,3})\.(?:\d{1,3})$/.test(hostname)
  );
}
