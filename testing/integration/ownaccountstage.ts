/**
 * The stage of the suites about one's own account: a server, a proxy that can lie in front of it,
 * an administrator who makes and resets accounts, and devices that come and go.
 */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LyingProxy } from '../hostile/proxy.ts';
import { buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import type { EnrolmentStep } from '../../contract/accounts.ts';
import { Application } from './application.ts';

export const utf8 = (text: string): Buffer<ArrayBuffer> => Buffer.from(text, 'utf8');

export interface Newcomer {
  readonly login: string;
  readonly password: string;
  readonly userId: string;
}

export class OwnAccountStage {
  readonly server: OwnServer;
  readonly organisation: SmallOrganisation;
  readonly proxy: LyingProxy;
  readonly #devices: Application[] = [];
  #number = 0;

  private constructor(server: OwnServer, organisation: SmallOrganisation, proxy: LyingProxy) {
    this.server = server;
    this.organisation = organisation;
    this.proxy = proxy;
  }

  static async open(): Promise<OwnAccountStage> {
    const server = await startOwnServer();
    const organisation = await buildSmallOrganisation(server);
    return new OwnAccountStage(server, organisation, await LyingProxy.start(server.url));
  }

  /** Ends the lies and every device of the last test. */
  async clear(): Promise<void> {
    this.proxy.tell(null);
    this.proxy.cutAt(null);
    this.proxy.setDown(false);
    this.proxy.requests.length = 0;
    for (const device of this.#devices.splice(0)) await device.close();
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.end();
  }

  device(folder?: string): Application {
    const device = new Application(folder);
    this.#devices.push(device);
    return device;
  }

  /** What is on the disk of a device at this moment, as a crash would leave it. */
  image(of: Application): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'strongroom-image-'));
    cpSync(of.folder, folder, { recursive: true });
    return folder;
  }

  /** Somebody whose account an administrator made: without keys. */
  async newcomer(): Promise<Newcomer> {
    this.#number += 1;
    const login = `clara${this.#number}`;
    const password = `${login} signs in`;
    const account = { login, password, email: `${login}@small.example`, fullName: 'Clara' };
    const { id } = await this.organisation.anna.http.send<{ id: string }>('POST', '/users', account);
    return { login, password, userId: id };
  }

  /** Forgets the person's master password, as an administrator does. */
  async reset({ userId }: Newcomer): Promise<void> {
    await this.organisation.anna.http.send('POST', `/users/${userId}/reset-master-key`);
  }

  signIn(device: Application, { login, password }: Newcomer): Promise<EnrolmentStep> {
    return device.ask('accounts', 'signIn', {
      ...{ address: this.proxy.url, acceptedFingerprint: null, login },
      password: utf8(password),
    });
  }

  /** Brings the account to a device and waits for the first sync; gives its id there. */
  async enrol(device: Application, person: Newcomer, master: string, beside = false): Promise<string> {
    const { enrolmentId } = await this.signIn(device, person);
    const { id } = await device.ask('accounts', 'enrol', { enrolmentId, secret: utf8(master), beside });
    await device.synced();
    return id;
  }

  /** Requests that wrote or could have written keys. */
  keyRequests(): string[] {
    return this.proxy.requests
      .map(({ method, path: asked }) => `${method} ${asked.split('?')[0]}`)
      .filter((asked) => asked.startsWith('POST') && asked.includes('/users/master-key/'));
  }
}
