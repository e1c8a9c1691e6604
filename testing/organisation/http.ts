/**
 * A small HTTP client of the server's API, for building samples and for tests. It speaks
 * raw JSON, keeps connections alive and repeats nothing.
 */

/** An answer that is not a success. The message names the request, never its body. */
export class RequestFailed extends Error {
  readonly status: number;
  readonly codes: readonly string[];

  constructor(request: string, status: number, codes: readonly string[]) {
    super(`${request} was answered with ${status} (${codes.join(', ')}).`);
    this.name = 'RequestFailed';
    this.status = status;
    this.codes = codes;
  }
}

/** Who is asking; both may be absent before logging in. */
export interface Credentials {
  accessToken?: string;
  masterKeyHash?: string;
}

export interface Http {
  /** Sends a request under /api/v1 and answers the JSON; throws `RequestFailed`. */
  send<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The same server with other credentials. */
  as(credentials: Credentials): Http;
}

interface ErrorAnswer {
  errors?: { code: string }[];
}

/** A client of the server at an address such as `http://127.0.0.1:8080`. */
export function httpClient(serverUrl: string, credentials: Credentials = {}): Http {
  const headers: Record<string, string> = { 'X-Response-Format': 'raw' };
  if (credentials.accessToken) headers['Authorization'] = `Bearer ${credentials.accessToken}`;
  if (credentials.masterKeyHash) headers['X-Master-Key-Hash'] = credentials.masterKeyHash;

  return {
    async send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const typed = body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' };
      const response = await fetch(`${serverUrl}/api/v1${path}`, {
        method,
        headers: typed,
        signal: AbortSignal.timeout(60_000),
        ...json,
      });
      const answer: unknown = await response.json();
      if (response.status !== 200) {
        const codes = ((answer as ErrorAnswer).errors ?? []).map((error) => error.code);
        throw new RequestFailed(`${method} ${path.replace(/\?.*/, '')}`, response.status, codes);
      }
      return answer as Answer;
    },
    as: (other) => httpClient(serverUrl, other),
  };
}

/** Runs work over values, a few at a time, and answers the results in order. */
export async function inParallel<Value, Result>(
  values: readonly Value[],
  atOnce: number,
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(values.length);
  const queue = values.entries();
  const worker = async () => {
    for (const [index, value] of queue) results[index] = await work(value);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker));
  return results;
}
