/**
 * The stage of the fault suites: one real server on a data folder of its own, people with
 * devices, each behind a line that can be cut, and the book of what they type.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asVaultKey } from '../../main/keychain/index.ts';
import { startServer } from '../../server/index.ts';
import type { RunningServer, ServerOptions } from '../../server/index.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation } from '../hostile/smallorganisation.ts';
import type { SmallOrganisation } from '../hostile/smallorganisation.ts';
import { Application } from '../integration/application.ts';
import type { SamplePerson } from '../organisation/cast.ts';
import { wrapFor } from '../organisation/member.ts';
import { choicesFrom } from '../organisation/random.ts';
import { Book } from './book.ts';
import type { OpenAccount } from './contents.ts';
import { Hands } from './hands.ts';
import { ServerTruth } from './servertruth.ts';
import { TokenMaker } from './tokens.ts';

/** The features of this server that another one of the protocol may lack. */
export const ownFeatures = [
  ...['idempotencyKeys', 'revisionPreconditions', 'bin', 'folderMove', 'attachmentWrites', 'changes'],
  ...['itemRevision', 'offlinePolicy', 'offlineReads', 'folderNameCheck'],
] as const;

/** Sessions outlive the longest suite. */
const yearSeconds = 365 * 24 * 3600;
const options = {
  passwordIterations: 1000,
  tokenLives: { access: yearSeconds, refresh: 2 * yearSeconds },
  requestRate: { perSecond: 100_000, burst: 1_000_000 },
  loginAttempts: { attempts: 1000, windowSeconds: 300 },
} as const satisfies Partial<ServerOptions>;

/** One person's device: an application, its line to the server, and hands that work on it. */
export class Device {
  readonly name: string;
  readonly person: SamplePerson;
  readonly proxy: LyingProxy;
  readonly app: Application;
  readonly accountId: string;
  readonly hands: Hands;
  isOnline = true;

  constructor(parts: Pick<Device, 'name' | 'person' | 'proxy' | 'app' | 'accountId' | 'hands'>) {
    this.name = parts.name;
    this.person = parts.person;
    this.proxy = parts.proxy;
    this.app = parts.app;
    this.accountId = parts.accountId;
    this.hands = parts.hands;
  }

  get account(): OpenAccount {
    return this.app.accounts.current();
  }

  goOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    this.proxy.setDown(!isOnline);
  }

  /** Syncs once and says how that ended. */
  async sync(): Promise<ReturnType<OpenAccount['synchroniser']['status']>> {
    await this.app.synced();
    return this.account.synchroniser.status();
  }

  /** Nothing waits here and nothing is undecided. */
  get isSettled(): boolean {
    const { mirror } = this.account;
    return mirror.outbox.counts().waiting === 0 && mirror.conflicts.count() === 0;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.proxy.close();
  }
}

export interface DeviceWishes {
  readonly person?: SamplePerson;
  readonly seed?: number;
  readonly hidden?: readonly string[];
  readonly vaultIds?: readonly string[];
  readonly records?: number;
}

export class FaultStage {
  readonly book = new Book();
  readonly dataFolder: string;
  readonly organisation: SmallOrganisation;
  readonly #devices: Device[] = [];
  readonly #truth: ServerTruth;
  #server: RunningServer;

  private constructor(dataFolder: string, server: RunningServer, organisation: SmallOrganisation) {
    this.dataFolder = dataFolder;
    this.#server = server;
    this.organisation = organisation;
    const vaultKeys = organisation.ledger.secrets.filter(({ kind }) => kind === 'vaultKey');
    this.#truth = new ServerTruth(
      dataFolder,
      vaultKeys.map(({ plaintext }) => asVaultKey(Buffer.from(plaintext, 'latin1'))),
    );
  }

  static async open(): Promise<FaultStage> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'strongroom-fault-server-'));
    const server = await startServer({ dataFolder, ...options });
    const setupToken = readFileSync(join(dataFolder, 'setup_token'), 'utf8').trim();
    const organisation = await buildSmallOrganisation({ url: server.url, setupToken });
    return new FaultStage(dataFolder, server, organisation);
  }

  get url(): string {
    return this.#server.url;
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  truth(): ReturnType<ServerTruth['read']> {
    return this.#truth.read();
  }

  /** Gives boris the vault of servers, with the right to everything but administering it. */
  async shareServers(): Promise<string> {
    const { anna: owner, boris, servers } = this.organisation;
    const path = `/users/${boris.userId}/public-key`;
    const { publicKey } = await owner.http.send<{ publicKey: string }>('GET', path);
    const keys = { [boris.userId]: wrapFor(servers, publicKey) };
    const entry = { userId: boris.userId, access: 'full', keys };
    await owner.http.send('POST', `/vaults/${servers.id}/access`, entry);
    return servers.id;
  }

  /** A new device, enrolled and synced. `name` is one letter. */
  async device(name: string, wishes: DeviceWishes = {}): Promise<Device> {
    const { person = anna, seed = 1, hidden = [], vaultIds, records } = wishes;
    const proxy = await LyingProxy.start(this.#server.url, hidden);
    const app = new Application();
    // No window, so no timer: a suite says itself when there is a sync.
    app.accounts.windowVisible(false);
    const accountId = await app.enrol(proxy.url, person);
    const hands = new Hands({
      ...{ app, diary: this.book.diaryOf(name), choices: choicesFrom(seed), tokens: new TokenMaker(name) },
      ...(vaultIds === undefined ? {} : { vaultIds }),
      ...(records === undefined ? {} : { records }),
    });
    const device = new Device({ name, person, proxy, app, accountId, hands });
    this.#devices.push(device);
    return device;
  }

  /** Takes a device out of those that are held against each other; whoever does so closes it. */
  leaveOut(device: Device): void {
    this.#devices.splice(this.#devices.indexOf(device), 1);
  }

  /** Ends a device before the stage does. */
  async dismiss(device: Device): Promise<void> {
    this.leaveOut(device);
    await device.close();
  }

  /** Stops the server, lets `meanwhile` do something to its data, and starts it again. */
  async restartServer(meanwhile: () => void = () => undefined): Promise<void> {
    await this.#server.close();
    meanwhile();
    this.#server = await startServer({ dataFolder: this.dataFolder, ...options });
    for (const { proxy } of this.#devices) proxy.retarget(this.#server.url);
  }

  /** A copy of the server's data; the server is stopped for the moment of copying. */
  async backUp(): Promise<string> {
    const copy = mkdtempSync(join(tmpdir(), 'strongroom-fault-backup-'));
    await this.restartServer(() => cpSync(this.dataFolder, copy, { recursive: true }));
    return copy;
  }

  async close(): Promise<void> {
    for (const device of this.#devices.splice(0)) await device.close();
    await this.#server.close();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}
