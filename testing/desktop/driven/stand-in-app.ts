/**
 * The application on the stand-in: a child process whose Chromium the test attaches to by
 * the port that only a test run opens, and whose probes answer over Node's IPC channel.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Answer, Probes, WindowReport } from '../control.ts';
import { projectRoot, standInFlags } from '../launch-line.ts';
import type { RunningApp } from './running-app.ts';
import { childEnvironment, dropFiles, listenTo, within, type Launch } from './launch.ts';

type Ask = <Name extends keyof Probes>(
  probe: Name,
  ...args: Parameters<Probes[Name]>
) => Promise<Awaited<ReturnType<Probes[Name]>>>;

const patience = 30_000;
/** Less than a test may take, so that a child that cannot be reached is ended before its test is given up. */
const connectPatience = 20_000;

/** Asks the child; an answer that does not come because the child ended is an error. */
function makeAsk(child: ChildProcess, logs: () => string): Ask {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  let lastId = 0;
  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`The application ended (${String(code)}).\n${logs()}`));
    }
  });
  return (async (probe, ...args) => {
    const id = ++lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      child.send({ id, probe, args }, (error) => {
        if (error !== null) reject(new Error(`The application does not answer.\n${logs()}`));
      });
    });
    return within(patience, `The answer to ${probe}`, answer);
  }) as Ask;
}

/** Finds the application's windows among Chromium's pages. */
class WindowFinder {
  private readonly browser: Browser;
  private readonly ask: Ask;
  private readonly ids = new WeakMap<Page, string>();
  private readonly lines: string[];

  constructor(browser: Browser, ask: Ask, lines: string[]) {
    this.browser = browser;
    this.ask = ask;
    this.lines = lines;
    for (const page of this.pages()) listenTo(page, lines);
    browser.contexts()[0]?.on('page', (page) => {
      listenTo(page, this.lines);
    });
  }

  async all(): Promise<Page[]> {
    const found: Page[] = [];
    for (const report of await this.ask('windows')) {
      const page = await this.find(report);
      if (page !== undefined) found.push(page);
    }
    return found;
  }

  /** The first window that shows the application. */
  async first(): Promise<Page> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const shown = (await this.ask('windows')).find((report) => report.url !== '');
      const page = shown === undefined ? undefined : await this.find(shown);
      if (page !== undefined) {
        await page.waitForLoadState('load');
        return page;
      }
      await pause(50);
    }
    throw new Error('The application showed no window.');
  }

  private pages(): Page[] {
    return this.browser.contexts().flatMap((context) => context.pages());
  }

  private async find(report: WindowReport): Promise<Page | undefined> {
    for (const page of this.pages()) {
      if ((await this.targetId(page)) === report.targetId) return page;
    }
    return undefined;
  }

  private async targetId(page: Page): Promise<string> {
    const known = this.ids.get(page);
    if (known !== undefined) return known;
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.detach();
    this.ids.set(page, targetInfo.targetId);
    return targetInfo.targetId;
  }
}

/** Ends the child in order; one that stays is ended by force and reported. */
async function closeChild(
  child: ChildProcess,
  ask: Ask,
  ended: Promise<number | null>,
): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  // A child that quits may close the channel before it has answered; its end is the answer.
  const asked = ask('quit').catch((reason: unknown) => reason);
  try {
    return await within(patience, 'Quitting', ended);
  } catch (reason) {
    child.kill('SIGKILL');
    await asked;
    throw reason;
  }
}

async function killChild(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  child.kill('SIGKILL');
  await within(patience, 'The end of the process', ended);
}

/** One started child: what it wrote, and its end. */
interface StartedChild {
  child: ChildProcess;
  logs: () => string;
  /** Resolves with the exit code once all that was written has been read. */
  ended: Promise<number | null>;
}

/** How long the last words of an ended child may take to be read. */
const lastWords = 1_000;

function startChild(launch: Launch): StartedChild {
  let written = '';
  const child = fork(launch.main, [...launch.args], {
    cwd: projectRoot,
    execArgv: [...standInFlags],
    env: childEnvironment(launch.env),
    silent: true,
    serialization: 'advanced',
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (written += chunk.toString()));
  }
  // A test process that is given up in the middle of a test takes its applications along.
  const takeAlong = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', takeAlong);
  const closed = once(child, 'close');
  const ended = once(child, 'exit').then(async ([code]: unknown[]) => {
    process.removeListener('exit', takeAlong);
    await Promise.race([closed, pause(lastWords)]);
    return typeof code === 'number' ? code : null;
  });
  return { child, logs: () => written, ended };
}

/**
 * Attaches to the child's Chromium. A child may quit at any moment, such as a second instance,
 * and Chromium on its way out may accept a connection that it never answers; so each step ends
 * with the child at the latest.
 */
async function attach(started: StartedChild, ask: Ask): Promise<Browser> {
  const gone = started.ended.then((code) => {
    throw new Error(`The application ended (${String(code)}).`);
  });
  // Each race hears of it; the end of an application that was reached is no failure.
  gone.catch(() => undefined);
  const port = await Promise.race([ask('port'), gone]);
  const connecting = chromium.connectOverCDP(`http://127.0.0.1:${String(port)}`, {
    timeout: connectPatience,
    isLocal: true,
    // The application's own theme stays in force.
    noDefaults: true,
  });
  try {
    return await Promise.race([connecting, gone]);
  } catch (reason) {
    // A connection that comes too late belongs to nobody; one that fails has been told of by now.
    connecting.then(
      (late) => late.close(),
      () => undefined,
    );
    throw reason;
  }
}

/**
 * Starts the bundle on the stand-in. Rejects with everything the child wrote when it ends
 * before it can be reached or cannot be reached in time; it does not run any more then.
 */
export async function launchStandIn(launch: Launch): Promise<RunningApp> {
  const started = startChild(launch);
  const { child, logs } = started;
  const ask = makeAsk(child, logs);
  const lines: string[] = [];
  try {
    const browser = await attach(started, ask);
    const ended = started.ended.then(async (code) => {
      await browser.close();
      return code;
    });
    return runningApp(child, ask, ended, logs, lines, new WindowFinder(browser, ask, lines));
  } catch (reason) {
    await killChild(child, started.ended);
    throw new Error(`The application did not start.\n${logs()}`, { cause: reason });
  }
}

function runningApp(
  child: ChildProcess,
  ask: Ask,
  ended: Promise<number | null>,
  logs: () => string,
  lines: string[],
  finder: WindowFinder,
): RunningApp {
  const firstId = async (): Promise<number> => (await ask('windows'))[0]?.id ?? 0;
  return {
    isStandIn: true,
    processId: child.pid ?? 0,
    page: () => finder.first(),
    windows: () => finder.all(),
    close: () => closeChild(child, ask, ended),
    kill: () => killChild(child, ended),
    ended: () => within(patience, 'The end of the process', ended),
    clipboardText: () => ask('clipboardText'),
    setClipboardText: (text) => ask('setClipboardText', text),
    power: async (event) => {
      await ask('power', event);
    },
    setIdleSeconds: (seconds) => ask('setIdleSeconds', seconds),
    setSystemDark: (dark) => ask('setSystemDark', dark),
    hideWindow: async () => ask('hideWindow', await firstId()),
    showWindow: async () => ask('showWindow', await firstId()),
    dropFiles,
    answerDialog: (answer) => ask('answerDialog', answer),
    clickMenu: (label) => ask('clickMenu', label),
    draggedOut: () => ask('draggedOut'),
    openedExternally: () => ask('openedExternally'),
    consoleMessages: () => [...lines],
    logs,
    bridgeTraffic: () => ask('bridgeTraffic'),
  };
}
