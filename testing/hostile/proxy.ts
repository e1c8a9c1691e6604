/**
 * A server that lies: a proxy in front of the real one that can rewrite any answer, cut any
 * connection, and remembers every request, so that a test can prove what never left.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  encodingOf,
  octets,
  readRequest,
  writeScripted,
  type Scripted,
  type SeenRequest,
} from './answering.ts';

/** An answer of the real server on its way to the client. */
export interface PassingAnswer {
  readonly request: SeenRequest;
  readonly status: number;
  /** The answer's JSON, unwrapped and free to be changed. */
  readonly json: unknown;
  /** The answer, where it is no JSON but bytes; `json` is null then. */
  readonly bytes: Buffer | null;
}

/** Gives what the client is told instead, or undefined to let the answer pass (changed in place or not). */
export type Lie = (answer: PassingAnswer, response: http.ServerResponse) => Scripted | null | undefined;

/** Where a connection breaks: before the server hears of the request, or in the middle of the answer. */
export type Cut = 'request' | 'body';

export class LyingProxy {
  readonly requests: SeenRequest[] = [];
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });
  #target: URL;
  readonly #hidden: readonly string[];
  #lie: Lie | null = null;
  #cut: { after: number; where: Cut } | null = null;
  #envelope = false;
  #isDown = false;
  #delay: () => number = () => 0;
  #readdress: (path: string) => string = (path) => path;
  #port = 0;

  private constructor(target: string, hidden: readonly string[]) {
    this.#hidden = hidden;
    this.#target = new URL(target);
    this.#server = http.createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => {
        // The client went away or the server is gone: both look like a broken line from here.
        response.destroy();
      });
    });
  }

  /**
   * Starts a proxy in front of the server at `target`; honest until told otherwise, but for
   * the features that it hides all the time.
   */
  static async start(target: string, hidden: readonly string[] = []): Promise<LyingProxy> {
    const proxy = new LyingProxy(target, hidden);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    proxy.#port = (proxy.#server.address() as AddressInfo).port;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Lies from now on; null ends it. */
  tell(lie: Lie | null): void {
    this.#lie = lie;
  }

  /** Breaks the connection of the n-th request from now (0 = the next), once; null takes it back. */
  cutAt(after: number | null, where: Cut = 'request'): void {
    this.#cut = after === null ? null : { after, where };
  }

  /** True while an ordered cut has not happened yet. */
  get cutPending(): boolean {
    return this.#cut !== null;
  }

  /** The line is dead until it is said to be alive again: no request reaches the server. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
  }

  /** Milliseconds that each request and each answer takes on its way, drawn anew each time. */
  delayBy(delay: () => number): void {
    this.#delay = delay;
  }

  /** Wraps every answer in the base64 envelope, as servers do that ignore the wish for plain JSON. */
  wrapAnswers(wrap: boolean): void {
    this.#envelope = wrap;
  }

  /** Stands in front of another server from now on, as after a restart elsewhere. */
  retarget(target: string): void {
    this.#target = new URL(target);
  }

  /** Asks the server for something else than the client asked for, e.g. for shorter pages. */
  readdress(readdress: (path: string) => string): void {
    this.#readdress = readdress;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await new Promise<void>((resolve, reject) => {
      this.#server.close((failure) => (failure === undefined ? resolve() : reject(failure)));
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const cut = this.#isDown ? 'request' : this.#nextCut();
    await this.#wait();
    if (cut === 'request') return void incoming.socket.destroy();
    const { status, body, isJson } = await this.#forward(request);
    const bytes = isJson ? null : body;
    const json: unknown =
      body.length === 0 || !isJson ? null : this.#withoutHidden(request, JSON.parse(body.toString('utf8')));
    const told = this.#lie === null ? undefined : this.#lie({ request, status, json, bytes }, response);
    if (told === null) return;
    await this.#wait();
    const passed: Scripted = bytes
      ? { status, raw: bytes, contentType: octets }
      : { status, json: this.#wrapped(json) };
    const scripted = told ?? passed;
    if (cut === 'body') this.#writeHalf(response, scripted);
    else writeScripted(response, scripted);
  }

  async #wait(): Promise<void> {
    const ms = this.#delay();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  #withoutHidden({ path }: SeenRequest, json: unknown): unknown {
    if (path !== '/api/v1/app/features' || !Array.isArray(json)) return json;
    return (json as { name: string }[]).filter(({ name }) => !this.#hidden.includes(name));
  }

  #nextCut(): Cut | null {
    if (this.#cut === null || this.#cut.after-- > 0) return null;
    const { where } = this.#cut;
    this.#cut = null;
    return where;
  }

  #wrapped(json: unknown): unknown {
    if (!this.#envelope) return json;
    return { format: 'base64', content: Buffer.from(JSON.stringify(json), 'utf8').toString('base64') };
  }

  #writeHalf(response: http.ServerResponse, scripted: Scripted): void {
    const body = scripted.raw ?? Buffer.from(JSON.stringify(scripted.json ?? null), 'utf8');
    response.writeHead(scripted.status ?? 200, {
      'content-type': scripted.contentType ?? 'application/json',
      'content-length': body.length,
    });
    response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
  }

  #forward(request: SeenRequest): Promise<{ status: number; body: Buffer; isJson: boolean }> {
    return new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const outgoing = http.request(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method: request.method,
          path: this.#readdress(request.path),
          agent: this.#agent,
          headers: { ...headers, 'x-response-format': 'raw' },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          const isJson = answer.headers['content-type'] !== octets;
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces), isJson }),
          );
          answer.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(request.body, encodingOf(request));
    });
  }
}
