/**
 * What no page of ours may ever do, switched off for every web contents that comes to be,
 * whoever made it.
 */
import { app } from 'electron';
import type { Session } from 'electron';

/** Denies navigation, new windows and embedded pages to all contents of the application. */
export function denyLeavingThePage(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

/** Denies every permission and device, and every request that is not for our own bundle. */
export function denyPermissions(session: Session, origin: string): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => {
    const local = details.url.startsWith(`${origin}/`) || /^(blob|data):/.test(details.url);
    answer({ cancel: !local });
  });
}

/**
 * Leaves the page's session no way to the network at all. Neither the content policy nor the
 * request filter sees peer connections, so a page that was taken over could carry secrets out
 * through them: UDP is off for every contents, and all TCP goes to a proxy that nobody runs
 * (port 1 of this computer, loopback included). The main process does not use Chromium's network.
 */
export function denyNetwork(session: Session): Promise<void> {
  return session.setProxy({
    mode: 'fixed_servers',
    proxyRules: 'socks5://127.0.0.1:1',
    proxyBypassRules: '<-loopback>',
  });
}
