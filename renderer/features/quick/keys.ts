/** The keys of quick access, once: bound and printed from here. They are those of the main window. */
import type { PressedKey } from '../shortcuts/table.ts';
import type { QuickDeed } from './quick.ts';

export interface QuickKey {
  readonly deed: QuickDeed | 'show';
  readonly code: string;
  /** Ctrl, or Command on a Mac. */
  readonly mod: boolean;
  readonly printed: string;
}

export const quickKeys: readonly QuickKey[] = [
  { deed: 'password', code: 'Enter', mod: false, printed: '↵' },
  { deed: 'login', code: 'KeyB', mod: true, printed: 'B' },
  { deed: 'code', code: 'KeyT', mod: true, printed: 'T' },
  { deed: 'url', code: 'KeyO', mod: true, printed: 'O' },
  { deed: 'show', code: 'Enter', mod: true, printed: '↵' },
];

export function quickKeyFor(event: PressedKey, mac: boolean): QuickKey | null {
  if (event.altKey || event.shiftKey || (mac ? event.ctrlKey : event.metaKey)) return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  return quickKeys.find((key) => key.code === event.code && key.mod === mod) ?? null;
}

export function quickKeyText({ mod, printed }: QuickKey, mac: boolean): string {
  return mod ? (mac ? `⌘${printed}` : `Ctrl ${printed}`) : printed;
}
