/**
 * Builds the object graph of the main process; nothing else happens here.
 */
import { join } from 'node:path';
import { app, clipboard, session, shell } from 'electron';
import { Announcer } from './bridge/announcer.ts';
import { openDoor } from './bridge/door.ts';
import { handlersOf } from './bridge/handlers.ts';
import { RevealBudget } from './bridge/revealbudget.ts';
import { LockRules, ProfileStore, SettingsStore } from './custody/index.ts';
import { about } from './desktop/about.ts';
import { applyTheme, windowGround } from './desktop/appearance.ts';
import { appOrigin, registerAppScheme, serveApp } from './desktop/appscheme.ts';
import { ClipboardKeeper } from './desktop/clipboardkeeper.ts';
import { systemDialogs } from './desktop/dialogs.ts';
import { systemDrag } from './desktop/dragging.ts';
import { denyLeavingThePage, denyNetwork, denyPermissions } from './desktop/guards.ts';
import { keepObjectsYoung } from './desktop/heap.ts';
import { IncidentLog } from './desktop/incidentlog.ts';
import { ipcWire } from './desktop/ipcwire.ts';
import { setApplicationMenu } from './desktop/menu.ts';
import { languageOf, menuWords } from './desktop/menuwords.ts';
import { systemIdleSeconds, watchPower } from './desktop/powerwatch.ts';
import { screenPictures } from './desktop/screenpictures.ts';
import { safeFileName } from './desktop/safenames.ts';
import { checkedAddress, placeOfAddress, SafeLinks } from './desktop/safelinks.ts';
import { Surroundings } from './desktop/surroundings.ts';
import { Windows } from './desktop/windows.ts';
import { WindowStateFile } from './desktop/windowstate.ts';
import {
  Accounts,
  Codes,
  Exchanging,
  FileDesk,
  HealthDesk,
  Records,
  EncryptionChangeDesk,
  RekeyingDesk,
  SecretJudge,
  Settings,
  Team,
  plainDesks,
} from './vaults/index.ts';

const here = import.meta.dirname;

/** A session that writes nothing of the page to the disk. */
const pageSession = 'strongroom-page';

async function start(): Promise<void> {
  const userData = app.getPath('userData');
  const page = session.fromPartition(pageSession, { cache: false });
  denyPermissions(page, appOrigin);
  await denyNetwork(page);
  serveApp(page, join(here, '../renderer'));

  const incidents = new IncidentLog(join(userData, 'logs', 'incidents.log'));
  const windows: Windows = new Windows({
    preloadFile: join(here, '../preload/index.cjs'),
    session: page,
    contentProtection: () => settings.read().contentProtection,
    background: windowGround,
    developerTools: false,
    onVisibility: (visible) => {
      announcer.announce('visibilityChanged', { visible });
      accounts.windowVisible(visible);
    },
    onMinimise: () => {
      lockRules.minimised();
    },
    place: new WindowStateFile(join(userData, 'window.json'), (error) => {
      incidents.write({ channel: 'window', what: 'place not kept', error });
    }),
    onLeft: () => surroundings.mainLeft(),
    onMainClosed: () => {
      if (settings.read().closeToTray) lockRules.minimised();
      surroundings.mainClosed();
    },
  });
  const wire = ipcWire((channel, payload) => {
    windows.broadcast(channel, payload);
  });
  const announcer = new Announcer(wire);

  const settings = new Settings({
    store: new SettingsStore(userData),
    isUnlocked: () => accounts.isUnlocked(),
    onChange: (changed) => {
      applyTheme(changed.theme);
      windows.protectContent(changed.contentProtection);
      lockRules.update(changed);
      showMenu();
      surroundings.settingsChanged(changed);
      announcer.announce('settingsChanged', changed);
    },
  });
  const clipboardKeeper = new ClipboardKeeper({
    clipboard,
    clearAfterMs: () => settings.read().clearClipboardAfterSeconds * 1000,
    onChange: (state) => {
      announcer.announce('clipboardChanged', state);
    },
    onFault: (error) => {
      incidents.write({ channel: 'clipboard', what: 'not cleared', error });
    },
  });

  const accounts: Accounts = new Accounts({
    profiles: new ProfileStore(userData),
    migrationsDir: join(here, '../../resources/migrations'),
    checkpointWorker: join(here, 'checkpointworker.js'),
    onSession: (state) => {
      lockRules.unlocked(state.unlocked);
      health.sessionChanged(state.unlocked);
      surroundings.sessionChanged(state.unlocked);
      announcer.announce('sessionChanged', state);
    },
    onSync: (status) => {
      surroundings.syncChanged(status);
      files.offline.syncTold(status);
      rekeying.syncTold(status);
      announcer.announce('syncChanged', status);
    },
    onMirror: (accountId, recordIds) => {
      announcer.announce('mirrorChanged', {
        accountId,
        recordIds: recordIds === null ? null : recordIds.slice(0, 500),
      });
    },
    report: (error) => {
      incidents.write({ channel: 'sync', what: 'unforeseen error', error });
    },
    onLock: () => {
      team.clear();
      for (const cleared of [clipboardKeeper.clear(), ...clearMemories()]) {
        cleared.catch((error: unknown) => {
          incidents.write({ channel: 'lock', what: 'not cleared', error });
        });
      }
    },
  });
  const lock = (reason: Parameters<Accounts['lock']>[0]): void => {
    accounts.lock(reason).catch((error: unknown) => {
      incidents.write({ channel: 'lock', what: 'unforeseen error', error });
    });
  };
  const lockRules: LockRules = new LockRules({
    settings: settings.read(),
    lock,
    idleSeconds: systemIdleSeconds,
  });
  watchPower({
    onSleep: () => lockRules.slept(),
    onScreenLock: () => lockRules.screenLocked(),
    onWake: () => accounts.reconnected(),
  });

  const current = (): ReturnType<Accounts['current']> => accounts.current();
  const hideAfterMs = (): number => settings.read().hideRevealedAfterSeconds * 1000;
  const dialogs = systemDialogs(() => windows.main());
  const records = new Records({ current, hideAfterMs });
  const links = new SafeLinks((address) => shell.openExternal(address));
  const files: FileDesk = new FileDesk({
    ...{ current, records, dialogs, safeName: safeFileName },
    workers: {
      attachment: join(here, 'attachmentworker.js'),
      part: join(here, 'partworker.js'),
      preview: join(here, 'previewworker.js'),
    },
    draggedFolder: join(userData, 'dragged'),
    dragTold: () => settings.read().dragOutTold,
    startDrag: systemDrag(() => windows.main(), join(here, '../../resources/icons/icon-32.png')),
    onProgress: (progress) => {
      announcer.announce('attachmentProgress', progress);
    },
    onOffline: () => {
      announcer.announce('offlineFilesChanged', {});
    },
    onQueue: (view) => {
      announcer.announce('fileQueueChanged', view);
    },
    onFault: (error) => {
      incidents.write({ channel: 'files', what: 'unforeseen error', error });
    },
  });
  // What a process that was killed left behind.
  files.takingOut.wipeDragged().catch((error: unknown) => {
    incidents.write({ channel: 'files', what: 'not wiped', error });
  });

  const exchange: Exchanging = new Exchanging({
    current,
    prove: (accountId, secret) => accounts.prove(accountId, secret),
    dialogs,
    workerFile: join(here, 'exchangeworker.js'),
    onProgress: (progress) => {
      announcer.announce('exchangeProgress', progress);
    },
  });

  const health: HealthDesk = new HealthDesk({
    current,
    settings: () => settings.read(),
    workerFile: join(here, 'judgingworker.js'),
    onProgress: (running) => {
      announcer.announce('healthChanged', { running });
    },
    report: (error) => {
      incidents.write({ channel: 'health', what: 'unforeseen error', error });
    },
  });

  const team: Team = new Team({
    ...{ current, clipboard: clipboardKeeper },
    chooseTarget: (name) => dialogs.chooseTarget(name),
  });

  const rekeying: RekeyingDesk = new RekeyingDesk({
    current,
    onChange: (rekeyings) => {
      announcer.announce('rekeyingChanged', { rekeyings });
    },
    report: (error) => {
      incidents.write({ channel: 'rekeying', what: 'unforeseen error', error });
    },
  });

  const encryptionChange: EncryptionChangeDesk = new EncryptionChangeDesk({
    current,
    prove: (accountId, secret) => accounts.prove(accountId, secret),
    workerFile: join(here, 'conversionworker.js'),
    onChange: (conversion) => announcer.announce('encryptionChangeTold', { conversion }),
    report: (error) => incidents.write({ channel: 'encryptionChange', what: 'unforeseen error', error }),
  });

  const surroundings: Surroundings = new Surroundings({
    windows,
    iconFolder: join(here, '../../resources/icons'),
    settings: () => settings.read(),
    isUnlocked: () => accounts.isUnlocked(),
    recent: () => recentRecords(records),
    announce: (event, payload) => {
      announcer.announce(event, payload);
    },
    lock: () => {
      lock('hand');
    },
    onFault: (what, error) => {
      incidents.write({ channel: 'desktop', what, error });
    },
  });

  openDoor(
    handlersOf({
      accounts,
      ...plainDesks({
        ...{ accounts, records, clipboard: clipboardKeeper, hideAfterMs },
        chooseTarget: (name) => dialogs.chooseTarget(name),
        links: {
          hostOf: (address) => placeOfAddress(checkedAddress(address)),
          open: (address) => links.open(address),
        },
      }),
      codes: new Codes({ records, screen: screenPictures(() => about().isElectron), hideAfterMs }),
      ...{ encryptionChange, exchange, files, health, records, rekeying, settings, team },
      quickAccess: surroundings,
      secretJudge: new SecretJudge(join(here, 'judgingworker.js')),
      about,
      clearClipboard: () => clipboardKeeper.clear(),
    }),
    {
      wire,
      origin: appOrigin,
      isOurWindow: (id) => windows.isOurs(id),
      isUnlocked: () => accounts.isUnlocked(),
      reveals: { secret: new RevealBudget(), code: new RevealBudget({ burst: 120, refillMs: 500 }) },
      onIncident: (incident) => {
        incidents.write(incident);
      },
    },
  );

  /** Ends what runs for unlocked accounts and forgets what it knows of them. */
  const clearMemories = (): Promise<void>[] =>
    [files, exchange, health, rekeying, encryptionChange].map((desk) => desk.clear());

  function showMenu(): void {
    setApplicationMenu(
      {
        command: (name) => {
          announcer.announce('command', { name });
        },
        quickAccess: () => {
          surroundings.toggleQuick();
        },
        lock: () => {
          lock('hand');
        },
        quit: () => {
          app.quit();
        },
      },
      menuWords[languageOf(settings.read().language, app.getLocale())],
    );
  }

  applyTheme(settings.read().theme);
  showMenu();
  app.on('activate', () => void windows.openMain());
  endOnQuit(async () => {
    lockRules.dispose();
    // Side by side: whatever one of them meets, the keys are wiped and the clipboard is cleared.
    await Promise.allSettled([accounts.lock('quit'), clipboardKeeper.clear(), ...clearMemories()]);
  });
  surroundings.begin(process.argv.slice(1));
}

/** What the tray names: the records used last. */
function recentRecords(records: Records): readonly { readonly id: string; readonly name: string }[] {
  const sort = { by: 'name', descending: false } as const;
  return records.page({ scope: { kind: 'recent' }, sort, offset: 0, limit: 6 }).rows;
}

/** Holds the quitting application until everything is locked, but not for ever. */
function endOnQuit(end: () => Promise<void>): void {
  let ending = false;
  app.on('will-quit', (event) => {
    // Every further wish to quit waits for the first one; `exit` asks nobody.
    event.preventDefault();
    if (ending) return;
    ending = true;
    const patience = new Promise((resolve) => setTimeout(resolve, 5000));
    void Promise.race([end(), patience]).finally(() => {
      app.exit();
    });
  });
}

keepObjectsYoung();
registerAppScheme();
app.enableSandbox();
denyLeavingThePage();
if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(start);
} else {
  app.quit();
}
