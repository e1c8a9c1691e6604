/**
 * The only way out to the system's browser. What a record's URL field holds is data from the
 * server, so it is judged before anything of the system sees it.
 */
import { StrongroomError } from '../../contract/errors.ts';

/** Schemes the system may be asked to open; everything else can start programs. */
const allowedSchemes: ReadonlySet<string> = new Set(['https:', 'http:', 'ssh:', 'rdp:']);

/** Longer than any honest address; some systems pass URLs on as command lines. */
const longest = 2048;

/**
 * Hosts and users as they may reach another program. What these schemes name is often handed on
 * as an argument of a command (`ssh <host>`), where a leading dash is an option and a percent
 * escape is whatever its reader makes of it; browsers do not parse such hosts as strictly as others.
 */
const plainHost = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])$/;
const plainUser = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Spaces, controls, and quoting characters that no well-formed URL needs raw. */
const suspicious = /[\p{Cc}\p{Z}"'`<>\\^{|}]/u;

/**
 * Normalises an address that may be opened, adding `https://` where a host stands alone.
 * Throws `addressRefused` for everything else, including embedded credentials.
 */
export function checkedAddress(text: string): URL {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > longest || suspicious.test(trimmed)) throw refusal();
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^[^/]+:\d+(\/|$)/.test(trimmed);
  const url = parse(withScheme ? trimmed : `https://${trimmed}`);
  if (!allowedSchemes.has(url.protocol) || !plainHost.test(url.hostname)) throw refusal();
  if (url.password !== '' || !isHarmlessForItsProgram(url)) throw refusal();
  if (url.href.length > longest) throw refusal();
  return url;
}

/** Browsers get whole addresses, but no user; the others get a place to connect to and nothing more. */
function isHarmlessForItsProgram(url: URL): boolean {
  if (url.protocol === 'https:' || url.protocol === 'http:') return url.username === '';
  const isPlaceOnly = (url.pathname === '' || url.pathname === '/') && url.search === '' && url.hash === '';
  if (url.username === '') return isPlaceOnly;
  return isPlaceOnly && url.protocol === 'ssh:' && plainUser.test(url.username);
}

/**
 * What is remembered and compared of an address, and shown when it has changed: the host, and the
 * scheme where it is not https, since the same host over plain http is another place.
 */
export function placeOfAddress(url: URL): string {
  return url.protocol === 'https:' ? url.host : `${url.protocol}//${url.host}`;
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw refusal();
  return url;
}

function refusal(): StrongroomError {
  return new StrongroomError('addressRefused');
}

export class SafeLinks {
  readonly #open: (address: string) => Promise<void>;

  constructor(open: (address: string) => Promise<void>) {
    this.#open = open;
  }

  /** Opens an address in the system's browser after checking it; throws `addressRefused`. */
  async open(text: string): Promise<void> {
    await this.#open(checkedAddress(text).href);
  }
}
