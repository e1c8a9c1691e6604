/**
 * Tells the main process that a person is at work, and which chords they press.
 *
 * Idle time and menu accelerators come from the operating system under Electron; here the
 * page's own events stand in. Only chords and function keys are told: what a person types
 * stays in the page.
 *
 * The function runs inside the page as source text and is self-contained.
 */
import type { PageEvent, PageWindow } from './dom.ts';
import type { ToMain } from './preload-world.ts';

/** Starts listening; input is told at most once a second. */
export function noticeInput(world: PageWindow, post: (line: ToMain) => void): void {
  let last = 0;
  const atWork = (): void => {
    if (Date.now() - last < 1000) return;
    last = Date.now();
    post({ type: 'input' });
  };
  const chord = (event: PageEvent): void => {
    const { key = '', code = '', ctrlKey = false, shiftKey = false, altKey = false, metaKey = false } = event;
    const told = ctrlKey || altKey || metaKey || /^F\d+$/.test(key);
    if (!told || event.defaultPrevented || event.repeat === true) return;
    post({ type: 'key', key, code, ctrl: ctrlKey, shift: shiftKey, alt: altKey, meta: metaKey });
  };
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
    world.addEventListener(name, atWork, { capture: true, passive: true });
  }
  world.addEventListener('keydown', chord);
}
