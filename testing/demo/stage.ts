/**
 * The stage of the demo: a server with the sample organisation, the application in one or two
 * windows, and the pictures that are taken on the way.
 */
import { join } from 'node:path';
import type { RunningApp } from '../e2e/app.ts';
import { launchApp } from '../e2e/app.ts';
import { startDemoServer } from '../e2e/demoserver.ts';
import type { DemoServer, DemoUser } from '../e2e/demoserver.ts';
import { Screens } from '../e2e/screens.ts';
import { Summary } from './summary.ts';

const login = 'anna.orlova';

export class Demo {
  readonly summary = new Summary((line) => {
    console.log(line);
  });
  readonly #work: string;
  readonly #pictures: string;
  #shots = 0;
  #app: RunningApp | null = null;
  #screens: Screens | null = null;
  #server: DemoServer | null = null;
  #second: RunningApp | null = null;

  /** `work` is for profiles, data and files; `pictures` is where the pictures go. */
  constructor(work: string, pictures: string) {
    this.#work = work;
    this.#pictures = pictures;
  }

  get app(): RunningApp {
    if (!this.#app) throw new Error('the application is not running');
    return this.#app;
  }

  get screens(): Screens {
    if (!this.#screens) throw new Error('the application is not running');
    return this.#screens;
  }

  get server(): DemoServer {
    if (!this.#server) throw new Error('the server is not running');
    return this.#server;
  }

  get user(): DemoUser & { masterPassword: string } {
    const user = this.server.users.find((candidate) => candidate.login === login);
    if (!user?.masterPassword) throw new Error(`the sample has no ${login}`);
    return { ...user, masterPassword: user.masterPassword };
  }

  async startServer(port: number): Promise<void> {
    this.#server = await startDemoServer({ dataFolder: join(this.#work, 'data'), port });
  }

  async openApp(): Promise<void> {
    this.#app = await launchApp({ userDataDir: join(this.#work, 'profile'), args: ['--lang=en-GB'] });
    this.#screens = new Screens(await this.#app.page());
    this.#screens.page.setDefaultTimeout(20_000);
  }

  /** A second device of the same person. */
  async openSecond(): Promise<Screens> {
    this.#second = await launchApp({ userDataDir: join(this.#work, 'second'), args: ['--lang=en-GB'] });
    const screens = new Screens(await this.#second.page());
    screens.page.setDefaultTimeout(20_000);
    return screens;
  }

  async closeSecond(): Promise<void> {
    await this.#second?.close();
    this.#second = null;
  }

  async shoot(name: string): Promise<void> {
    this.#shots += 1;
    const file = join(this.#pictures, `${String(this.#shots).padStart(2, '0')}-${name}.png`);
    await this.screens.page.screenshot({ path: file });
  }

  /** Pictures of every window, for whoever wants to know why a step did not work. */
  async shootAll(name: string): Promise<void> {
    await this.shoot(name);
    const page = await this.#second?.page();
    await page?.screenshot({ path: join(this.#pictures, `${name}-second.png`) });
  }

  async end(): Promise<void> {
    await this.#second?.kill();
    await this.#app?.kill();
    await this.#server?.stop();
  }

  file(name: string): string {
    return join(this.#work, name);
  }
}
