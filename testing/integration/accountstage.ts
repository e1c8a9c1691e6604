/**
 * The stage of the suites about accounts: a server with two organisations, a proxy in front of
 * it, a device on which anna is enrolled, and a fresh one for each test.
 */
import { LyingProxy } from '../hostile/proxy.ts';
import {
  anna,
  buildPlainOrganisation,
  buildSmallOrganisation,
  startOwnServer,
} from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import type { SamplePerson } from '../organisation/cast.ts';
import { Application } from './application.ts';

export const utf8 = (text: string): Buffer<ArrayBuffer> => Buffer.from(text, 'utf8');
export const annasSecret = anna.masterPassword ?? '';

export class AccountStage {
  readonly server: OwnServer;
  readonly proxy: LyingProxy;
  /** anna is enrolled here; every test begins locked. */
  readonly app = new Application();
  annaId = '';
  /** New in each test. */
  fresh = this.app;

  private constructor(server: OwnServer, proxy: LyingProxy) {
    this.server = server;
    this.proxy = proxy;
  }

  /** `hidden` features are never announced, e.g. `changes` to have listings compared. */
  static async open(hidden: readonly string[] = []): Promise<AccountStage> {
    const server = await startOwnServer();
    await buildSmallOrganisation(server);
    await buildPlainOrganisation(server);
    const site = new AccountStage(server, await LyingProxy.start(server.url, hidden));
    site.annaId = await site.app.enrol(site.proxy.url, anna);
    return site;
  }

  async begin(): Promise<void> {
    await this.app.ask('session', 'lock', {});
    this.fresh = new Application();
  }

  async end(): Promise<void> {
    this.proxy.tell(null);
    await this.fresh.close();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.proxy.close();
    await this.server.end();
  }

  /** Begins an enrolment on the fresh device. */
  async signIn(person: SamplePerson): Promise<string> {
    const { enrolmentId } = await this.fresh.ask('accounts', 'signIn', {
      address: this.proxy.url,
      acceptedFingerprint: null,
      login: person.login,
      password: utf8(person.password),
    });
    return enrolmentId;
  }

  /** Resolves when a request to the path has reached the server; its answer never comes. */
  hang(path: string): Promise<void> {
    return new Promise((resolve) => {
      this.proxy.tell(({ request }) => {
        if (!request.path.startsWith(`/api/v1${path}`)) return undefined;
        resolve();
        return null;
      });
    });
  }
}
