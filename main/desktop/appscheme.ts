/** The `app://` scheme: standard and secure, but with no privilege that a page does not need. */
import { protocol } from 'electron';
import type { Session } from 'electron';
import { answerFromBundle, readBundleManifest } from './bundlemanifest.ts';

export const appOrigin = 'app://strongroom';
export const appPage = `${appOrigin}/index.html`;
export const quickPage = `${appOrigin}/quick.html`;

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the built page from its folder in the given session. */
export function serveApp(session: Session, folder: string): void {
  const manifest = readBundleManifest(folder);
  session.protocol.handle('app', (request) => answerFromBundle(manifest, appOrigin, request));
}
