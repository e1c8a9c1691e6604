/**
 * `session`: handlers of schemes, permissions and requests.
 *
 * Chromium asks nobody about permissions when driven by DevTools, so the stand-in asks the
 * application's handlers beforehand, for every permission a page could ask for, and tells
 * Chromium the answers. As in Electron, no handler means yes.
 */
import { EventEmitter } from 'node:events';
import type { CDPSession, Route } from 'playwright-core';
import { toAppAddress } from './addresses.ts';
import { StandInProtocol } from './protocol.ts';
import { strict, type StandInFor } from './shape.ts';

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type DeviceHandler = Parameters<Electron.Session['setDevicePermissionHandler']>[0];
type Permission = Parameters<NonNullable<RequestHandler>>[1];
type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (response: Electron.CallbackResponse) => void,
) => void;

/** Electron's permissions with Chromium's names for what each governs. */
const permissions: readonly [Permission, readonly string[]][] = [
  ['geolocation', ['geolocation']],
  ['notifications', ['notifications']],
  ['media', ['camera', 'microphone']],
  ['clipboard-read', ['clipboard-read']],
  ['clipboard-sanitized-write', ['clipboard-write']],
  ['midi', ['midi']],
  ['idle-detection', ['idle-detection']],
  ['window-management', ['window-management']],
  ['local-fonts', ['local-fonts']],
  ['persistent-storage', ['persistent-storage']],
];

/** `webRequest`, as far as a request can be denied by it. */
class StandInWebRequest {
  private listener: BeforeRequest | null = null;

  onBeforeRequest(
    filter: Electron.WebRequestFilter | BeforeRequest | null,
    listener?: BeforeRequest | null,
  ): void {
    this.listener = typeof filter === 'function' ? filter : (listener ?? null);
  }

  /** The stand-in's own: whether the application cancels the request. */
  async cancels(route: Route): Promise<boolean> {
    const { listener } = this;
    if (listener === null) return false;
    const request = route.request();
    const resourceType = request.isNavigationRequest() ? 'mainFrame' : request.resourceType();
    const details = { url: toAppAddress(request.url()), method: request.method(), resourceType };
    const response = await new Promise<Electron.CallbackResponse>((resolve) => {
      listener(details as Electron.OnBeforeRequestListenerDetails, resolve);
    });
    return response.cancel === true;
  }
}

/** One session: what the pages of a partition have in common. */
export class StandInSession
  extends EventEmitter
  implements
    StandInFor<
      Electron.Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setSpellCheckerEnabled'
      | 'setSpellCheckerLanguages'
      | 'setSpellCheckerDictionaryDownloadURL'
      | 'isSpellCheckerEnabled'
      | 'isPersistent'
      | 'clearCache'
      | 'clearStorageData'
      | 'clearData'
      | 'clearAuthCache'
      | 'clearHostResolverCache'
      | 'clearCodeCaches'
      | 'closeAllConnections'
      | 'setProxy'
      | 'setCertificateVerifyProc'
      | 'setDisplayMediaRequestHandler'
      | 'setBluetoothPairingHandler'
      | 'setUSBProtectedClassesHandler'
    >
{
  readonly protocol = strict('protocol', new StandInProtocol());
  readonly webRequest = strict('webRequest', new StandInWebRequest());
  private readonly persistent: boolean;
  private requestHandler: RequestHandler = null;
  private checkHandler: CheckHandler = null;
  private deviceHandler: DeviceHandler = null;
  private spellChecker = true;

  constructor(persistent: boolean) {
    super();
    this.persistent = persistent;
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.requestHandler = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.checkHandler = handler;
  }

  setDevicePermissionHandler(handler: DeviceHandler): void {
    this.deviceHandler = handler;
  }

  setSpellCheckerEnabled(enable: boolean): void {
    this.spellChecker = enable;
  }

  isSpellCheckerEnabled(): boolean {
    return this.spellChecker;
  }

  isPersistent(): boolean {
    return this.persistent;
  }

  // Chromium has no spell checker, device chooser, screen capture or network here, so the
  // following have nothing left to govern.
  setSpellCheckerLanguages(_languages: string[]): void {}
  setSpellCheckerDictionaryDownloadURL(_url: string): void {}
  setDisplayMediaRequestHandler(_handler: unknown): void {}
  setBluetoothPairingHandler(_handler: unknown): void {}
  setUSBProtectedClassesHandler(_handler: unknown): void {}
  setCertificateVerifyProc(_verify: unknown): void {}
  async setProxy(_config: Electron.ProxyConfig): Promise<void> {}
  async closeAllConnections(): Promise<void> {}
  async clearHostResolverCache(): Promise<void> {}
  async clearAuthCache(): Promise<void> {}
  async clearCodeCaches(_options: Electron.ClearCodeCachesOptions): Promise<void> {}

  // Chromium's profile is new at each start and goes at its end; nothing is kept to clear.
  async clearCache(): Promise<void> {}
  async clearStorageData(_options?: Electron.ClearStorageDataOptions): Promise<void> {}
  async clearData(_options?: Electron.ClearDataOptions): Promise<void> {}

  /** The stand-in's own: whether a device handler was set. */
  governsDevices(): boolean {
    return this.deviceHandler !== null;
  }

  /** The stand-in's own: asks the handlers and tells Chromium, for `origin` and its page. */
  async settlePermissions(
    devtools: CDPSession,
    contents: Electron.WebContents,
    origin: string,
  ): Promise<void> {
    for (const [permission, chromiumNames] of permissions) {
      const granted = await this.grants(contents, permission, toAppAddress(`${origin}/`));
      for (const name of chromiumNames) {
        const setting = granted ? 'granted' : 'denied';
        await devtools.send('Browser.setPermission', { permission: { name }, setting, origin });
      }
    }
  }

  private async grants(
    contents: Electron.WebContents,
    permission: Permission,
    origin: string,
  ): Promise<boolean> {
    const { requestHandler, checkHandler } = this;
    const details = { requestingUrl: origin, isMainFrame: true };
    if (checkHandler?.(contents, permission, origin, details) === false) return false;
    if (requestHandler === null) return true;
    return new Promise((resolve) => {
      requestHandler(contents, permission, resolve, details);
    });
  }
}

const partitions = new Map<string, StandInSession>();

/** The session of `partition`; the empty name is the default session. */
export function sessionOf(partition: string): StandInSession {
  const known =
    partitions.get(partition) ?? new StandInSession(partition === '' || partition.startsWith('persist:'));
  partitions.set(partition, known);
  return known;
}

export const session = strict('session', { defaultSession: sessionOf(''), fromPartition: sessionOf });
