/**
 * A server that answers whatever a test tells it to: the bare counterpart for tests of the
 * client, where the real server would be in the way.
 */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Text; of bytes (`octets`), one character each. */
  readonly body: string;
}

/** What bytes are sent as that are no JSON. */
export const octets = 'application/octet-stream';

/** How the characters of a request's body are to be read. */
export function encodingOf({ headers }: Pick<SeenRequest, 'headers'>): 'latin1' | 'utf8' {
  return headers['content-type'] === octets ? 'latin1' : 'utf8';
}

/** What to answer; JSON unless `raw` says otherwise. */
export interface Scripted {
  readonly status?: number;
  readonly json?: unknown;
  readonly raw?: Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AnsweringServer {
  readonly url: string;
  readonly port: number;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export type Handler = (
  request: SeenRequest,
  response: http.ServerResponse,
) => Scripted | null | Promise<Scripted | null>;

/** Starts it on this computer's own address; `tls` gives it a certificate. A handler that gives null answers by itself. */
export async function startAnswering(
  handler: Handler,
  tls?: { readonly key: string; readonly cert: string },
): Promise<AnsweringServer> {
  const seen: SeenRequest[] = [];
  const listener = async (incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    seen.push(request);
    const scripted = await handler(request, response);
    if (scripted !== null) writeScripted(response, scripted);
  };
  const onRequest = (incoming: http.IncomingMessage, response: http.ServerResponse): void => {
    listener(incoming, response).catch((failure: unknown) => {
      response.destroy(failure instanceof Error ? failure : new Error('handler'));
    });
  };
  const server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    seen,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((failure) => (failure === undefined ? resolve() : reject(failure)));
        server.closeAllConnections();
      }),
  };
}

export async function readRequest(incoming: http.IncomingMessage): Promise<SeenRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(pieces).toString(encodingOf(incoming)),
  };
}

export function writeScripted(response: http.ServerResponse, scripted: Scripted): void {
  const body = scripted.raw ?? Buffer.from(JSON.stringify(scripted.json ?? null), 'utf8');
  response.writeHead(scripted.status ?? 200, {
    'content-type': scripted.contentType ?? 'application/json; charset=utf-8',
    'content-length': body.length,
    ...scripted.headers,
  });
  response.end(body);
}
