/** Handing files of the disk to the system's drag and drop, from the window that asked. */
import { nativeImage } from 'electron';
import type { BrowserWindow } from 'electron';

/**
 * Begins a drag of files with the application's own picture under the pointer. A drag can only begin
 * while the mouse button is down in a window of ours; without a window there is nothing to begin.
 */
export function systemDrag(
  window: () => BrowserWindow | undefined,
  icon: string,
): (paths: readonly string[]) => void {
  return (paths) => {
    const [file] = paths;
    if (file === undefined) return;
    // Systems that are given a list take it; `file` is what Electron demands beside it.
    window()?.webContents.startDrag({ file, files: [...paths], icon: nativeImage.createFromPath(icon) });
  };
}
