/**
 * One server, spoken to over HTTP: requests go out, bounded and checked JSON comes back.
 *
 * Knows nothing of accounts; tokens and the master key hash are added by the floors above
 * and never appear in an error made here. Redirects are not followed at all, since a token
 * must not travel to wherever a server points. Answers come plain or in the base64 envelope
 * (Passwork 7 protocol, "Base, headers, envelope"); plain ones are asked for.
 */
import { Agent, type Dispatcher } from 'undici';
import { StrongroomError } from '../../contract/index.ts';
import { apiPath, type ServerAddress } from './address.ts';
import type { ServerTrust } from './certificate.ts';
import { parseJson } from './json.ts';
import { ownTurn } from './turns.ts';
import { connectionFailure, openJudged } from './transport.ts';

export interface ConnectionLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  /** Longest silence inside a body. */
  readonly bodyMs: number;
  /** Longest time of one exchange altogether. */
  readonly totalMs: number;
  /** Largest answer in bytes. */
  readonly answerBytes: number;
  /** Sockets held at the same time. */
  readonly sockets: number;
}

export const defaultLimits: ConnectionLimits = {
  connectMs: 10_000,
  headersMs: 30_000,
  bodyMs: 30_000,
  totalMs: 180_000,
  answerBytes: 64 * 1024 * 1024,
  sockets: 6,
};

export interface ConnectionOptions {
  readonly address: ServerAddress;
  readonly trust: ServerTrust;
  /** Certificates (PEM) of authorities that count beside the system's own. */
  readonly authorities?: readonly string[];
  readonly limits?: Partial<ConnectionLimits>;
}

export type Query = Readonly<Record<string, string | number | readonly string[]>>;

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the protocol's own, e.g. `/vaults`. */
  readonly path: string;
  readonly query?: Query;
  /** JSON text as bytes (any bytes, where a header says so), or a value to be written as JSON. */
  readonly body?: Buffer | Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Where bytes are asked for instead of JSON: how many at most. */
  readonly bytesUpTo?: number;
  /** The media type in which those bytes come; octets if not given. */
  readonly bytesType?: string;
}

/** What a server said. `errorCodes` are the codes of its error form, if the status is not a success. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
  /** In place of `json`, where bytes were asked for and came. */
  readonly bytes?: Buffer;
  readonly errorCodes: readonly string[];
  /** How long a refusing server asks to be spared (`Retry-After`), where it does. */
  readonly retryAfterMs?: number | undefined;
}

const octets = 'application/octet-stream';
const jsonType = /^(?:application|text)\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

export class Connection {
  readonly address: ServerAddress;
  readonly #limits: ConnectionLimits;
  readonly #agent: Agent;

  constructor({ address, trust, authorities = [], limits = {} }: ConnectionOptions) {
    this.address = address;
    this.#limits = { ...defaultLimits, ...limits };
    const { connectMs, headersMs, bodyMs, sockets } = this.#limits;
    this.#agent = new Agent({
      connections: sockets,
      headersTimeout: headersMs,
      bodyTimeout: bodyMs,
      maxHeaderSize: 64 * 1024,
      connect: (_options, settled) => {
        openJudged({ address, trust, authorities, timeoutMs: connectMs }).then(
          (socket) => settled(null, socket),
          (cause: unknown) => settled(connectionFailure(cause, address.host), null),
        );
      },
    });
  }

  /** Ends every socket at once; exchanges under way fail. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /**
   * Sends one request and gives the checked answer, whatever its status.
   * @throws StrongroomError `unreachable`, `certificateUntrusted`, `certificateChanged`,
   * `notPasswork`, `badAnswer`, `cancelled`.
   */
  async exchange(request: ExchangeRequest): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.#limits.totalMs);
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
    try {
      const response = await this.#send(request, signal);
      const { statusCode, headers } = response;
      const isSuccess = statusCode >= 200 && statusCode < 300;
      const largest = isSuccess ? request.bytesUpTo : undefined;
      const bytes = await this.#readBody(response, largest ?? this.#limits.answerBytes);
      if (!isSuccess) {
        return {
          ...(await readRefusal(statusCode, bytes)),
          retryAfterMs: retryAfter(headers['retry-after']),
        };
      }
      const type = headers['content-type'];
      if (largest === undefined) {
        return { status: statusCode, json: await readAnswer(bytes, type), errorCodes: [] };
      }
      if (mediaType(type) !== (request.bytesType ?? octets)) {
        throw new StrongroomError('badAnswer', { reason: 'contentType' });
      }
      return { status: statusCode, json: null, bytes, errorCodes: [] };
    } catch (cause) {
      if (request.signal?.aborted === true) throw new StrongroomError('cancelled');
      throw connectionFailure(deadline.aborted ? deadline.reason : cause, this.address.host);
    }
  }

  #send(request: ExchangeRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin, prefix } = this.address;
    const body = request.body === undefined ? null : bodyBytes(request.body);
    return this.#agent.request({
      origin: new URL(origin).origin,
      path: `${prefix}${apiPath}${request.path}${queryText(request.query)}`,
      method: request.method,
      headers: {
        accept: request.bytesUpTo === undefined ? 'application/json' : (request.bytesType ?? octets),
        'x-response-format': 'raw',
        ...(body === null ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body,
      signal,
    });
  }

  async #readBody({ headers, body }: Dispatcher.ResponseData, largest: number): Promise<Buffer> {
    const tooLarge = new StrongroomError('badAnswer', { reason: 'tooLarge' });
    const encoding = headers['content-encoding'];
    const refused =
      Number(headers['content-length'] ?? 0) > largest
        ? tooLarge
        : encoding !== undefined && encoding !== 'identity'
          ? new StrongroomError('badAnswer', { reason: 'encoding' })
          : null;
    const pieces: Buffer[] = [];
    let size = 0;
    // Leaving the loop by an error destroys the body and with it the socket.
    for await (const piece of body as AsyncIterable<Buffer>) {
      if (refused !== null) throw refused;
      size += piece.length;
      if (size > largest) throw tooLarge;
      pieces.push(piece);
    }
    if (size > 1024 * 1024) await ownTurn();
    return Buffer.concat(pieces, size);
  }
}

function bodyBytes(body: Buffer | Readonly<Record<string, unknown>>): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body), 'utf8');
}

/** Arrays go as `name[]=a&name[]=b` (Passwork 7 protocol, "Base, headers, envelope"). */
function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'object') for (const element of value) parameters.append(`${name}[]`, element);
    else parameters.append(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

async function readAnswer(bytes: Buffer, contentType: string | string[] | undefined): Promise<unknown> {
  if (bytes.length === 0) return null;
  if (typeof contentType !== 'string' || !jsonType.test(contentType)) {
    throw new StrongroomError('badAnswer', { reason: 'contentType' });
  }
  return unwrap(await parseJson(bytes));
}

/** The type without its parameters, such as a charset (RFC 9110, section 8.3). */
function mediaType(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.split(';', 1)[0]?.trim().toLowerCase() : undefined;
}

/** In seconds or as a date (RFC 9110, section 10.2.3); anything else counts as not said. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}

/** An error page of a proxy in between need not be JSON; its status says enough. */
async function readRefusal(status: number, bytes: Buffer): Promise<Answer> {
  try {
    const json = bytes.length === 0 ? null : await unwrap(await parseJson(bytes));
    return { status, json, errorCodes: errorCodesOf(json) };
  } catch (cause) {
    if (cause instanceof StrongroomError && cause.code === 'badAnswer') {
      return { status, json: null, errorCodes: [] };
    }
    throw cause;
  }
}

async function unwrap(value: unknown): Promise<unknown> {
  if (!isObject(value) || value['format'] !== 'base64') return value;
  const content = value['content'];
  if (typeof content !== 'string') throw new StrongroomError('badAnswer', { reason: 'envelope' });
  const bytes = Buffer.from(content, 'base64');
  if (bytes.toString('base64') !== content) throw new StrongroomError('badAnswer', { reason: 'envelope' });
  return parseJson(bytes);
}

function errorCodesOf(json: unknown): string[] {
  const errors = isObject(json) ? json['errors'] : null;
  if (!Array.isArray(errors)) return [];
  return errors
    .slice(0, 20)
    .map((error: unknown) => (isObject(error) ? error['code'] : null))
    .filter((code): code is string => typeof code === 'string' && code.length <= 64);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
