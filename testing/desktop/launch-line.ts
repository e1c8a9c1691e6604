/** The command line that runs a built main process on the stand-in. */
import { fileURLToPath } from 'node:url';

const register = new URL('./register.ts', import.meta.url).href;

/** Arguments of Node before the application's own. Like Electron, a lost rejection only warns. */
export const standInFlags: readonly string[] = [
  '--unhandled-rejections=warn',
  '--disable-warning=ExperimentalWarning',
  '--import',
  register,
];

/** The folder of the whole project. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
