/** The folders of `app.getPath`, and the switches of the command line that move them. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export type PathName = Parameters<Electron.App['getPath']>[0];

const own = new Map<string, string>();

/** Value of `--name=value` or the empty text of `--name`. */
function switchValue(name: string): string | undefined {
  const given = process.argv.find((one) => one === `--${name}` || one.startsWith(`--${name}=`));
  return given?.slice(name.length + 3);
}

function appData(): string {
  const home = homedir();
  if (process.platform === 'win32') return process.env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
  return process.env['XDG_CONFIG_HOME'] ?? join(home, '.config');
}

function usual(name: PathName, appName: string): string {
  const userData = own.get('userData') ?? switchValue('user-data-dir') ?? join(appData(), appName);
  const home = homedir();
  const places: Partial<Record<PathName, string>> = {
    home,
    appData: appData(),
    userData,
    sessionData: userData,
    logs: join(userData, 'logs'),
    crashDumps: join(userData, 'Crashpad'),
    temp: tmpdir(),
    exe: process.execPath,
    module: process.execPath,
    desktop: join(home, 'Desktop'),
    documents: join(home, 'Documents'),
    downloads: join(home, 'Downloads'),
  };
  const place = places[name];
  if (place === undefined) throw new Error(`Failed to get '${name}' path`);
  return place;
}

export const appPaths = {
  switchValue,
  get: (name: PathName, appName: string): string => own.get(name) ?? usual(name, appName),
  set: (name: string, path: string): void => {
    own.set(name, path);
  },
};
