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
