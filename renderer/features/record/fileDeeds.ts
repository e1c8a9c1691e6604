/** What can be asked of a file by its tile, its menu and its keys. */
import { type PressedKey, shortcutFor } from '../shortcuts/table.ts';

export type FileDeed = 'open' | 'save' | 'saveAll' | 'rename' | 'remove';

/** The deed or the menu that a key of a file's tile stands for; null if it stands for nothing there. */
export function deedOfKey(event: PressedKey, mac: boolean): FileDeed | 'menu' | null {
  const id = shortcutFor(event, 'files', mac)?.id;
  switch (id) {
    case 'open':
    case 'save':
    case 'rename':
    case 'remove':
    case 'menu':
      return id;
    default:
      return null;
  }
}

/** How much of a name is marked when it is about to be typed anew: all but what tells the kind. */
export function stemLength(name: string): number {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? dot : name.length;
}
