/** A pressed chord as the system's shortcut is spelled, and as a person reads it. */

export interface PressedChord {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Null for a key that cannot be one, and for a chord that would get in the way of typing. */
export function acceleratorOf(event: PressedChord, mac: boolean): string | null {
  const key = /^(?:Key([A-Z])|Digit([0-9])|(Space)|(F(?:[1-9]|1[0-9]|2[0-4])))$/.exec(event.code);
  const name = key?.slice(1).find((part) => part !== undefined);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const system = mac ? event.ctrlKey : event.metaKey;
  if (name === undefined || system || !(mod || event.altKey)) return null;
  const held = [mod && 'CommandOrControl', event.altKey && 'Alt', event.shiftKey && 'Shift'];
  return [...held.filter((part) => part !== false), name].join('+');
}

/** `Ctrl Shift Space`, or `⌘⇧Space` on a Mac. */
export function acceleratorText(accelerator: string, mac: boolean): string {
  const marks: Readonly<Record<string, string>> = mac
    ? { CommandOrControl: '⌘', Alt: '⌥', Shift: '⇧', Super: '⌃' }
    : { CommandOrControl: 'Ctrl', Super: 'Win' };
  return accelerator
    .split('+')
    .map((part) => marks[part] ?? part)
    .join(mac ? '' : ' ');
}
