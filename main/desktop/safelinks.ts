/**
 * The only way out to the system's browser. What a record's URL field holds is data from the
 * server, so it is judged before anything of the system sees it.
 */
import { StrongroomError } from '../../contract/errors.ts';

/** Schemes the system may be asked to open; everything else can start programs. */
const allowedSchemes: ReadonlySet<string> = new Set(['https:', 'http:', 'ssh:', 'rdp:']);

/** Longer than any honest address; some systems pass URLs on as command lines. */
const longest = 2048;

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
  if (!allowedSchemes.has(url.protocol) || url.hostname === '') throw refusal();
  if (url.username !== '' && url.protocol !== 'ssh:') throw refusal();
  if (url.password !== '') throw refusal();
  if (url.href.length > longest) throw refusal();
  return url;
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
