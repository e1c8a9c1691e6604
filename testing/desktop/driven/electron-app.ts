/**
 * The application on real Electron, driven by Playwright. The probes are put into the main
 * process right after its start; they replace what a test cannot operate (dialogs, the
 * machine's idle time, opening a browser) and record what crosses to the page.
 */
import { _electron, type ElectronApplication } from 'playwright-core';
import type { DialogAnswer } from '../dialog.ts';
import type { Crossing } from '../traffic.ts';
import type { RunningApp } from './running-app.ts';
import { childEnvironment, dropFiles, listenTo, within, type Launch } from './launch.ts';

/** Left on the main process's global object by `install`. */
interface Recorder {
  strongroomTest: {
    traffic: Crossing[];
    opened: string[];
    dragged: string[][];
    dialogs: DialogAnswer[];
    idle: number | undefined;
  };
}

const patience = 30_000;

/** Runs in Electron's main process; it is sent there as text and is self-contained. */
function install({ app, ipcMain, shell, dialog, powerMonitor }: typeof Electron.CrossProcessExports): void {
  const recorder: Recorder['strongroomTest'] = {
    traffic: [],
    opened: [],
    dragged: [],
    dialogs: [],
    idle: undefined,
  };
  Object.assign(globalThis, { strongroomTest: recorder });
  type Handler = Parameters<Electron.IpcMain['handle']>[1];
  const recorded =
    (channel: string, handler: Handler): Handler =>
    async (event, ...args: unknown[]) => {
      const value: unknown = await handler(event, ...args);
      recorder.traffic.push({ kind: 'reply', channel, value });
      return value;
    };
  const { _invokeHandlers: known } = ipcMain as unknown as { _invokeHandlers?: Map<string, Handler> };
  for (const [channel, handler] of known ?? []) known?.set(channel, recorded(channel, handler));
  const handle = ipcMain.handle.bind(ipcMain);
  ipcMain.handle = (channel, handler) => {
    handle(channel, recorded(channel, handler));
  };
  const recordSends = (contents: Electron.WebContents): void => {
    const send = contents.send.bind(contents);
    contents.send = (channel: string, ...args: unknown[]) => {
      recorder.traffic.push({ kind: 'message', channel, value: args });
      send(channel, ...args);
    };
    contents.startDrag = ({ file, files }) => {
      recorder.dragged.push(files ?? [file]);
    };
  };
  app.on('web-contents-created', (_event, contents) => {
    recordSends(contents);
  });
  shell.openExternal = async (url) => {
    recorder.opened.push(url);
  };
  const idleTime = powerMonitor.getSystemIdleTime.bind(powerMonitor);
  powerMonitor.getSystemIdleTime = () => recorder.idle ?? idleTime();
  dialog.showOpenDialog = async () => {
    const filePaths = recorder.dialogs.shift()?.filePaths ?? [];
    return { canceled: filePaths.length === 0, filePaths };
  };
  dialog.showSaveDialog = async () => {
    const filePath = recorder.dialogs.shift()?.filePath ?? '';
    return { canceled: filePath === '', filePath };
  };
  dialog.showMessageBox = async () => {
    const { response = 0, checkboxChecked = false } = recorder.dialogs.shift() ?? {};
    return { response, checkboxChecked };
  };
}

/** Starts the bundle on the Electron at `binary`. */
export async function launchElectron(binary: string, launch: Launch): Promise<RunningApp> {
  const electronApp = await _electron.launch({
    executablePath: binary,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), launch.main, ...launch.args],
    env: childEnvironment(launch.env),
    timeout: patience,
  });
  await electronApp.evaluate(install);
  return runningApp(electronApp);
}

function runningApp(electronApp: ElectronApplication): RunningApp {
  const child = electronApp.process();
  const lines: string[] = [];
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (written += chunk.toString()));
  }
  electronApp.on('window', (page) => {
    listenTo(page, lines);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    isStandIn: false,
    processId: child.pid ?? 0,
    page: () => electronApp.firstWindow({ timeout: patience }),
    windows: async () => electronApp.windows(),
    close: async () => {
      await within(patience, 'Quitting', electronApp.close());
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await within(patience, 'The end of the process', ended);
    },
    ended: () => within(patience, 'The end of the process', ended),
    dropFiles,
    consoleMessages: () => [...lines],
    logs: () => written,
    ...electronProbes(electronApp),
  };
}

function electronProbes(
  electronApp: ElectronApplication,
): Omit<
  RunningApp,
  | 'isStandIn'
  | 'processId'
  | 'page'
  | 'windows'
  | 'close'
  | 'kill'
  | 'ended'
  | 'dropFiles'
  | 'consoleMessages'
  | 'logs'
> {
  return {
    clipboardText: () => electronApp.evaluate(({ clipboard }) => clipboard.readText()),
    setClipboardText: (text) => electronApp.evaluate(({ clipboard }, one) => clipboard.writeText(one), text),
    power: async (event) => {
      await electronApp.evaluate(({ powerMonitor }, name) => {
        (powerMonitor as NodeJS.EventEmitter).emit(name);
      }, event);
    },
    setIdleSeconds: (seconds) =>
      electronApp.evaluate((_electron, idle) => {
        (globalThis as unknown as Recorder).strongroomTest.idle = idle;
      }, seconds),
    setSystemDark: (dark) =>
      electronApp.evaluate(({ nativeTheme }, asked) => {
        nativeTheme.themeSource = asked ? 'dark' : 'light';
      }, dark),
    hideWindow: () => electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide()),
    showWindow: () => electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show()),
    answerDialog: (answer) =>
      electronApp.evaluate((_electron, queued) => {
        (globalThis as unknown as Recorder).strongroomTest.dialogs.push(queued);
      }, answer),
    clickMenu: (label) =>
      electronApp.evaluate(({ Menu }, wanted) => {
        const every = (items: Electron.MenuItem[]): Electron.MenuItem[] =>
          items.flatMap((item) => [item, ...every(item.submenu?.items ?? [])]);
        const item = every(Menu.getApplicationMenu()?.items ?? []).find(
          (one) => one.label === wanted || one.id === wanted,
        );
        item?.click();
        return item !== undefined;
      }, label),
    draggedOut: () => electronApp.evaluate(() => (globalThis as unknown as Recorder).strongroomTest.dragged),
    openedExternally: () =>
      electronApp.evaluate(() => (globalThis as unknown as Recorder).strongroomTest.opened),
    bridgeTraffic: () =>
      electronApp.evaluate(() => (globalThis as unknown as Recorder).strongroomTest.traffic),
  };
}
