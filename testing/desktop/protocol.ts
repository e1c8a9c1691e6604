/**
 * `protocol`: schemes of the application's own, answered by its handlers.
 *
 * As in Electron, a scheme must be registered as standard before the application is ready
 * to have an origin; the stand-in refuses to serve any other.
 */
import type { Route } from 'playwright-core';
import { toAppAddress } from './addresses.ts';
import type { StandInFor } from './shape.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const standardSchemes = new Set<string>();

/** Of `protocol`, for all sessions at once. */
export function registerSchemesAsPrivileged(schemes: readonly Electron.CustomScheme[]): void {
  for (const { scheme, privileges } of schemes) {
    if (privileges?.bypassCSP === true) throw new Error('The stand-in does not bypass a CSP.');
    if (privileges?.standard === true) standardSchemes.add(scheme);
  }
}

/** One session's handlers. */
export class StandInProtocol implements StandInFor<
  Electron.Protocol,
  'unhandle' | 'isProtocolHandled' | 'registerSchemesAsPrivileged'
> {
  private readonly handlers = new Map<string, Handler>();

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    registerSchemesAsPrivileged(schemes);
  }

  handle(scheme: string, handler: Handler): void {
    if (this.handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    if (!standardSchemes.has(scheme)) throw new Error(`${scheme} is not registered as a standard scheme.`);
    this.handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    this.handlers.delete(scheme);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.handlers.has(scheme);
  }

  /** The stand-in's own: answers one request of a page, or blocks it: there is no network. */
  async serve(route: Route): Promise<void> {
    const request = route.request();
    const url = toAppAddress(request.url());
    const handler = this.handlers.get(url.slice(0, url.indexOf(':')));
    if (handler === undefined) {
      await route.abort('blockedbyclient');
      return;
    }
    try {
      const method = request.method();
      const response = await handler(new Request(url, { method, headers: request.headers() }));
      const body = Buffer.from(await response.arrayBuffer());
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
    } catch (reason) {
      console.error(`The handler of ${url} failed: ${String(reason)}`);
      await route.abort('failed');
    }
  }
}
