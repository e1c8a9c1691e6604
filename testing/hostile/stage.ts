/**
 * The stage of the hostile suites: a real server with a small organisation, the proxy that
 * lies in front of it, and an account that was enrolled while it was still honest.
 */
import { masterKeyHash, publicPemOf } from '../../main/keychain/index.ts';
import type { EnrolmentResult } from '../../main/sync/index.ts';
import { enrol, TestDevice, type DeviceOptions } from './device.ts';
import { together, withoutFeature } from './lies.ts';
import { LyingProxy, type Lie } from './proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from './smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from './smallorganisation.ts';

const hashHeaderNames = ['x-master-key-hash', 'passwork-masterkeyhash'];

export class HostileStage {
  readonly server: OwnServer;
  readonly organisation: SmallOrganisation;
  readonly proxy: LyingProxy;
  readonly account: EnrolmentResult;
  /** What must not leave: the hash of anna's master key. */
  readonly hash: string;
  readonly annaPublic: string;
  readonly #devices: TestDevice[] = [];

  private constructor(
    server: OwnServer,
    organisation: SmallOrganisation,
    proxy: LyingProxy,
    account: EnrolmentResult,
  ) {
    if (account.keys === null) throw new Error('The account must be encrypted.');
    this.server = server;
    this.organisation = organisation;
    this.proxy = proxy;
    this.account = account;
    this.hash = masterKeyHash(account.keys.masterKey);
    this.annaPublic = publicPemOf(account.keys.privateKey);
  }

  /** `hidden` features are never announced, e.g. `changes` to have listings compared. */
  static async open(hidden: readonly string[] = []): Promise<HostileStage> {
    const server = await startOwnServer();
    const organisation = await buildSmallOrganisation(server);
    const proxy = await LyingProxy.start(server.url, hidden);
    return new HostileStage(server, organisation, proxy, await enrol(proxy.url, anna));
  }

  /** Ends the lies and every device of the last test. */
  async clear(): Promise<void> {
    this.proxy.tell(null);
    this.proxy.cutAt(null);
    this.proxy.wrapAnswers(false);
    for (const device of this.#devices.splice(0)) await device.dispose();
    this.proxy.requests.length = 0;
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.end();
  }

  /** Lies from now on, as a server that would be given the hash. */
  tell(...lies: readonly Lie[]): void {
    this.proxy.tell(together(withoutFeature('masterKeyHashOptional'), ...lies));
  }

  enrol(): Promise<EnrolmentResult> {
    return enrol(this.proxy.url, anna);
  }

  device(as: EnrolmentResult = this.account, options: DeviceOptions = {}): TestDevice {
    const device = new TestDevice(as, options);
    this.#devices.push(device);
    return device;
  }

  /** A device that has synced while the server was honest; its requests are forgotten. */
  async syncedDevice(): Promise<TestDevice> {
    const device = this.device();
    const { phase, problem } = await device.sync();
    if (phase !== 'idle') throw new Error(`The honest sync ended as ${phase}: ${problem?.code}`);
    this.proxy.requests.length = 0;
    return device;
  }

  /** Every trace of the hash in what the server was sent: requests that hold it, headers made for it. */
  hashTraces(): string[] {
    return this.proxy.requests.flatMap(({ method, path, headers, body }) => [
      ...(JSON.stringify([path, headers, body]).toLowerCase().includes(this.hash)
        ? [`${method} ${path}`]
        : []),
      ...hashHeaderNames.filter((name) => name in headers),
    ]);
  }
}
