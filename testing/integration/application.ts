/**
 * The main process without Electron: the use cases behind the real door, on a folder of their
 * own, with a wire that remembers everything that crosses it. Put together as `main/index.ts`
 * does it; only clipboard, dialogs and browser are the suite's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channelName, contract } from '../../contract/index.ts';
import type { Failure, Feature, Input, Output, Result, Verb } from '../../contract/index.ts';
import { events } from '../../contract/events.ts';
import type { EventName, EventPayload } from '../../contract/events.ts';
import { eventName } from '../../contract/index.ts';
import { Announcer } from '../../main/bridge/announcer.ts';
import { openDoor } from '../../main/bridge/door.ts';
import { handlersOf } from '../../main/bridge/handlers.ts';
import { RevealBudget } from '../../main/bridge/revealbudget.ts';
import type { Caller, Wire } from '../../main/bridge/wire.ts';
import { ProfileStore, SettingsStore } from '../../main/custody/index.ts';
import { ClipboardKeeper } from '../../main/desktop/clipboardkeeper.ts';
import { IncidentLog } from '../../main/desktop/incidentlog.ts';
import type { Incident } from '../../main/desktop/incidentlog.ts';
import { safeFileName } from '../../main/desktop/safenames.ts';
import { checkedAddress, placeOfAddress } from '../../main/desktop/safelinks.ts';
import {
  Accounts,
  Codes,
  EncryptionChangeDesk,
  Exchanging,
  FileDesk,
  HealthDesk,
  Records,
  RekeyingDesk,
  SecretJudge,
  Settings,
  Team,
  plainDesks,
} from '../../main/vaults/index.ts';
import type { SamplePerson } from '../organisation/cast.ts';

/** The migrations of this version. */
export const migrationsDir = join(import.meta.dirname, '../../resources/migrations');
const fileWorkers = {
  attachment: new URL('../../main/vaults/files/attachmentworker.ts', import.meta.url),
  part: new URL('../../main/vaults/files/partworker.ts', import.meta.url),
  preview: new URL('../../main/vaults/files/previewworker.ts', import.meta.url),
};
const judgingWorker = new URL('../../main/strength/judgingworker.ts', import.meta.url);
const exchangeWorker = new URL('../../main/vaults/exchanging/exchangeworker.ts', import.meta.url);
const conversionWorker = new URL('../../main/vaults/encryptionchange/conversionworker.ts', import.meta.url);
const checkpointWorker = new URL('../../main/mirror/checkpointworker.ts', import.meta.url);

/** The window that the door knows. */
export const page: Caller = { windowId: 1, origin: 'app://strongroom', topFrame: true };

/** The passphrase of the copies of accounts without client-side encryption. */
export const devicePassphrase = 'device passphrase of a test';

/** One message over the bridge. `in` is what the page sends; the rest is what it gets. */
export interface Crossing {
  readonly way: 'in' | 'answer' | 'event';
  readonly channel: string;
  readonly payload: unknown;
}

/** What a refused call answers; keeps a test from going on with nothing. */
export class CallFailed extends Error {
  readonly failure: Failure;

  constructor(channel: string, failure: Failure) {
    super(`${channel} was answered with ${failure.code}`);
    this.failure = failure;
  }
}

type Answer = (caller: Caller, input: unknown) => Promise<unknown>;

export class Application {
  readonly folder: string;
  readonly accounts: Accounts;
  readonly records: Records;
  readonly files: FileDesk;
  readonly health: HealthDesk;
  readonly rekeying: RekeyingDesk;
  readonly encryptionChange: EncryptionChangeDesk;
  readonly team: Team;
  readonly profiles: ProfileStore;
  readonly crossings: Crossing[] = [];
  readonly incidents: Incident[] = [];
  /** What the system's dialogs answer next. */
  readonly dialogs = {
    files: [] as string[],
    target: null as string | null,
    suggested: '',
    folder: null as string | null,
  };
  /** Paths of each drag that was begun. */
  readonly dragged: string[][] = [];
  readonly opened: string[] = [];
  /** What is on the screens, as PNG; null where nobody may look. */
  screens: Uint8Array[] | null = null;
  clipboard = '';
  readonly #channels = new Map<string, Answer>();
  readonly #clipboardKeeper: ClipboardKeeper;

  readonly #migrationsDir: string;

  /**
   * Starts on a new folder under the system's temporary one, or on a given one; with another
   * folder of migrations it is an application of another version.
   */
  constructor(
    folder: string = mkdtempSync(join(tmpdir(), 'strongroom-app-')),
    migrations: string = migrationsDir,
  ) {
    this.folder = folder;
    this.#migrationsDir = migrations;
    const wire: Wire = {
      handle: (channel, answer) => void this.#channels.set(channel, answer),
      broadcast: (channel, payload) => {
        this.crossings.push({ way: 'event', channel, payload: structuredClone(payload) });
      },
    };
    const announcer = new Announcer(wire);
    const log = new IncidentLog(join(folder, 'logs', 'incidents.log'));
    const onIncident = (incident: Incident): void => {
      this.incidents.push(incident);
      log.write(incident);
    };
    const settings = new Settings({
      store: new SettingsStore(folder),
      isUnlocked: () => this.accounts.isUnlocked(),
      onChange: (changed) => {
        announcer.announce('settingsChanged', changed);
      },
    });
    this.#clipboardKeeper = this.#keepClipboard(settings, announcer, onIncident);
    this.profiles = new ProfileStore(folder);
    this.accounts = this.#openAccounts(announcer, onIncident);
    const current = (): ReturnType<Accounts['current']> => this.accounts.current();
    const hideAfterMs = (): number => settings.read().hideRevealedAfterSeconds * 1000;
    this.records = new Records({ current, hideAfterMs });
    this.files = this.#openFiles(settings, announcer, onIncident);
    this.health = new HealthDesk({
      current,
      settings: () => settings.read(),
      workerFile: judgingWorker,
      onProgress: (running) => announcer.announce('healthChanged', { running }),
      report: (error) => onIncident({ channel: 'health', what: 'unforeseen error', error }),
    });
    this.team = new Team({
      ...{ current, clipboard: this.#clipboardKeeper },
      chooseTarget: async () => this.dialogs.target,
    });
    this.rekeying = new RekeyingDesk({
      current,
      onChange: (rekeyings) => announcer.announce('rekeyingChanged', { rekeyings }),
      report: (error) => onIncident({ channel: 'rekeying', what: 'unforeseen error', error }),
    });
    this.encryptionChange = new EncryptionChangeDesk({
      ...{ current, workerFile: conversionWorker },
      prove: (accountId, secret) => this.accounts.prove(accountId, secret),
      onChange: (conversion) => announcer.announce('encryptionChangeTold', { conversion }),
      report: (error) => onIncident({ channel: 'encryptionChange', what: 'unforeseen error', error }),
    });
    openDoor(
      handlersOf({
        accounts: this.accounts,
        ...plainDesks({
          ...{ accounts: this.accounts, records: this.records, hideAfterMs },
          clipboard: this.#clipboardKeeper,
          chooseTarget: async () => this.dialogs.target,
          links: {
            hostOf: (address) => placeOfAddress(checkedAddress(address)),
            open: async (address) => void this.opened.push(address),
          },
        }),
        codes: new Codes({
          records: this.records,
          screen: { available: () => this.screens !== null, pictures: async () => this.screens ?? [] },
          hideAfterMs,
        }),
        exchange: new Exchanging({
          current,
          prove: (accountId, secret) => this.accounts.prove(accountId, secret),
          dialogs: {
            chooseFiles: async () => this.dialogs.files,
            chooseTarget: async () => this.dialogs.target,
          },
          workerFile: exchangeWorker,
          onProgress: (progress) => {
            announcer.announce('exchangeProgress', progress);
          },
        }),
        files: this.files,
        health: this.health,
        quickAccess: {
          shortcut: () => ({ state: 'off' }),
          hide: () => undefined,
          showRecord: () => undefined,
        },
        records: this.records,
        encryptionChange: this.encryptionChange,
        rekeying: this.rekeying,
        secretJudge: new SecretJudge(judgingWorker),
        settings,
        team: this.team,
        about: () => ({
          version: '0.0.0',
          platform: 'linux',
          systemLocale: 'en',
          isElectron: false,
          devicePlatformProtection: 'none',
        }),
        clearClipboard: () => this.#clipboardKeeper.clear(),
      }),
      {
        wire,
        origin: page.origin,
        isOurWindow: (id) => id === page.windowId,
        isUnlocked: () => this.accounts.isUnlocked(),
        reveals: {
          secret: new RevealBudget({ burst: 100_000 }),
          code: new RevealBudget({ burst: 100_000 }),
        },
        onIncident,
      },
    );
  }

  /** Calls a channel as the page does. */
  async call<F extends Feature, V extends Verb<F>>(
    feature: F,
    verb: V,
    input: Input<F, V>,
  ): Promise<Result<Output<F, V>>> {
    return (await this.send(channelName(feature, verb), input)) as Result<Output<F, V>>;
  }

  /** As `call`, for answers that must be good. Throws `CallFailed`. */
  async ask<F extends Feature, V extends Verb<F>>(
    feature: F,
    verb: V,
    input: Input<F, V>,
  ): Promise<Output<F, V>> {
    const result = await this.call(feature, verb, input);
    if (!result.ok) throw new CallFailed(channelName(feature, verb), result.error);
    return result.value;
  }

  /** The code a call fails with, or `null` when it does not. */
  async refusal<F extends Feature, V extends Verb<F>>(
    feature: F,
    verb: V,
    input: Input<F, V>,
  ): Promise<string | null> {
    const result = await this.call(feature, verb, input);
    return result.ok ? null : result.error.code;
  }

  /** Sends whatever a page could send, well-formed or not. */
  async send(channel: string, input: unknown, caller: Caller = page): Promise<unknown> {
    const answer = this.#channels.get(channel);
    if (!answer) throw new Error(`there is no channel ${channel}`);
    this.crossings.push({ way: 'in', channel, payload: structuredClone(input) });
    const result = await answer(caller, input);
    this.crossings.push({ way: 'answer', channel, payload: structuredClone(result) });
    return result;
  }

  /** Every payload of an event so far, oldest first. */
  told<E extends EventName>(event: E): EventPayload<E>[] {
    return this.crossings
      .filter(({ way, channel }) => way === 'event' && channel === eventName(event))
      .map(({ payload }) => events[event].parse(payload) as EventPayload<E>);
  }

  /** Enrols a person of the sample, waits for the first sync, and gives the account's id. */
  async enrol(address: string, person: SamplePerson): Promise<string> {
    const step = await this.ask('accounts', 'signIn', {
      address,
      acceptedFingerprint: null,
      login: person.login,
      password: Buffer.from(person.password),
    });
    const secret = Buffer.from(person.masterPassword ?? devicePassphrase);
    const { id } = await this.ask('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret });
    await this.synced();
    return id;
  }

  async unlock(accountId: string, secret: string): Promise<void> {
    await this.ask('session', 'unlock', { accountId, secret: Buffer.from(secret) });
  }

  /** Resolves when the sync of the shown account has ended, however it ended. */
  async synced(): Promise<void> {
    await this.accounts.current().synchroniser.start();
  }

  /** Ids of everything a scope lists, read page by page. */
  async ids(scope: Input<'records', 'page'>['scope'] = { kind: 'all' }): Promise<string[]> {
    const found: string[] = [];
    for (;;) {
      const sort = { by: 'name', descending: false } as const;
      const { rows, total } = await this.ask('records', 'page', {
        scope,
        sort,
        offset: found.length,
        limit: 200,
      });
      found.push(...rows.map(({ id }) => id));
      if (found.length >= total || rows.length === 0) return found;
    }
  }

  /** Ends as a quitting application does; the folder stays. */
  async quit(): Promise<void> {
    await this.#clipboardKeeper.clear();
    await this.accounts.lock('quit');
    await this.files.clear();
  }

  /** Ends and removes the folder. */
  async close(): Promise<void> {
    await this.quit();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #keepClipboard(
    settings: Settings,
    announcer: Announcer,
    onIncident: (incident: Incident) => void,
  ): ClipboardKeeper {
    return new ClipboardKeeper({
      clipboard: {
        readText: async () => this.clipboard,
        writeText: async (text) => void (this.clipboard = text),
        clear: () => void (this.clipboard = ''),
      },
      clearAfterMs: () => settings.read().clearClipboardAfterSeconds * 1000,
      onChange: (state) => announcer.announce('clipboardChanged', state),
      onFault: (error) => onIncident({ channel: 'clipboard', what: 'not cleared', error }),
    });
  }

  #openAccounts(announcer: Announcer, onIncident: (incident: Incident) => void): Accounts {
    return new Accounts({
      profiles: this.profiles,
      migrationsDir: this.#migrationsDir,
      checkpointWorker,
      onSession: (state) => {
        this.health.sessionChanged(state.unlocked);
        announcer.announce('sessionChanged', state);
      },
      onSync: (status) => {
        this.files.offline.syncTold(status);
        this.rekeying.syncTold(status);
        announcer.announce('syncChanged', status);
      },
      onMirror: (accountId, recordIds) => {
        announcer.announce('mirrorChanged', { accountId, recordIds: recordIds?.slice(0, 500) ?? null });
      },
      report: (error) => onIncident({ channel: 'sync', what: 'unforeseen error', error }),
      onLock: () => {
        this.team.clear();
        void this.#clipboardKeeper.clear();
        void this.files.clear();
        void this.health.clear();
        void this.rekeying.clear();
        void this.encryptionChange.clear();
      },
    });
  }

  #openFiles(settings: Settings, announcer: Announcer, onIncident: (incident: Incident) => void): FileDesk {
    return new FileDesk({
      current: () => this.accounts.current(),
      records: this.records,
      workers: fileWorkers,
      dialogs: {
        chooseFiles: async () => this.dialogs.files,
        chooseFolder: async () => this.dialogs.folder,
        chooseTarget: async (suggested) => {
          this.dialogs.suggested = suggested;
          return this.dialogs.target;
        },
      },
      draggedFolder: join(this.folder, 'dragged'),
      safeName: safeFileName,
      dragTold: () => settings.read().dragOutTold,
      startDrag: (paths) => void this.dragged.push([...paths]),
      onProgress: (progress) => announcer.announce('attachmentProgress', progress),
      onOffline: () => announcer.announce('offlineFilesChanged', {}),
      onQueue: (view) => announcer.announce('fileQueueChanged', view),
      onFault: (error) => onIncident({ channel: 'files', what: 'unforeseen error', error }),
    });
  }
}

/** Every channel name of the contract. */
export function everyChannel(): string[] {
  return Object.entries(contract).flatMap(([feature, verbs]) =>
    Object.keys(verbs).map((verb) => channelName(feature, verb)),
  );
}
