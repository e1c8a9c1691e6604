/**
 * Holds navigations that make no request (`about:blank`, `blob:`).
 *
 * Requests pass the main process, which asks the application before it answers them; what
 * makes none is stopped here, and the main process goes there if the application allows it.
 *
 * The function runs inside the page as source text and is self-contained.
 */
import type { NavigateEvent, PageWindow } from './dom.ts';
import type { ToMain } from './preload-world.ts';

/** Starts holding. */
export function holdNavigation(world: PageWindow, post: (line: ToMain) => void): void {
  world.navigation.addEventListener('navigate', (event) => {
    const { url, sameDocument } = (event as NavigateEvent).destination;
    if (sameDocument || /^https?:/.test(url) || !event.cancelable) return;
    event.preventDefault();
    post({ type: 'navigate', url });
  });
}
