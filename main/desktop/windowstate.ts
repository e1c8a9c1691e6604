/**
 * Where the main window stood, so that it comes back there. What was kept is checked against the
 * screens of today: a window on a monitor that is gone could not be reached any more.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const coordinate = z.number().int().min(-100_000).max(100_000);
const extent = z.number().int().min(1).max(100_000);
const windowState = z.strictObject({
  x: coordinate,
  y: coordinate,
  width: extent,
  height: extent,
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

/** How much of a window must be on a screen to be taken hold of, in pixels. */
const graspable = { width: 120, height: 40 };

/** The kept place on one of the work areas, or null where it can no longer be reached. */
export function reachable(state: WindowState, workAreas: readonly Area[]): WindowState | null {
  const area = workAreas.find((each) => {
    const across = Math.min(state.x + state.width, each.x + each.width) - Math.max(state.x, each.x);
    // The title bar is what a window is taken hold of by.
    const down = Math.min(state.y + graspable.height, each.y + each.height) - Math.max(state.y, each.y);
    return across >= graspable.width && down >= graspable.height;
  });
  if (!area) return null;
  return { ...state, width: Math.min(state.width, area.width), height: Math.min(state.height, area.height) };
}

export class WindowStateFile {
  readonly #file: string;
  readonly #onFault: (error: unknown) => void;

  /** `onFault` hears of a file that cannot be written; losing the place of a window stops nothing. */
  constructor(file: string, onFault: (error: unknown) => void) {
    this.#file = file;
    this.#onFault = onFault;
  }

  /** Null when nothing was kept, or nothing that can be understood. */
  read(): WindowState | null {
    try {
      return windowState.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.#onFault(error);
      return null;
    }
  }

  write(state: WindowState): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#onFault(error);
    }
  }
}
