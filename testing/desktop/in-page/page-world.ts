/**
 * What the stand-in puts into the page's own world before its first script.
 *
 * It waits for the preload's hand-over, which happens before any script of the page, and
 * then puts the exposed interface on `window`, frozen. It also lets the stand-in say
 * whether the window is shown: Chromium under DevTools always calls a page visible, and
 * the application must notice when its window is hidden.
 *
 * The function runs as source text; `makeBridgeEnd` stands beside it in the script.
 */
import { makeBridgeEnd, type Lent } from './bridge-end.ts';
import type { PageWindow } from './dom.ts';

/** Installs the page's end. `handOver` is the name of the one event it waits for. */
export function installPageWorld(handOver: string): void {
  const page = globalThis as unknown as PageWindow;
  if (page.top !== page) return;
  let shown = true;
  let focused = true;

  const governVisibility = (): void => {
    const document = Object.getPrototypeOf(page.document) as object;
    const base = Object.getPrototypeOf(document) as object;
    Object.defineProperties(base, {
      visibilityState: { configurable: true, get: () => (shown ? 'visible' : 'hidden') },
      hidden: { configurable: true, get: () => !shown },
      hasFocus: { configurable: true, writable: true, value: () => focused },
    });
  };
  const setShown = (next: boolean): void => {
    if (next === shown) return;
    shown = next;
    page.document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  };
  const setFocused = (next: boolean): void => {
    if (next === focused) return;
    focused = next;
    page.dispatchEvent(new Event(next ? 'focus' : 'blur'));
  };

  page.addEventListener(
    handOver,
    (event) => {
      event.stopImmediatePropagation();
      const port = (event as MessageEvent).ports[0];
      if (port === undefined) return;
      const end = makeBridgeEnd(port, 'page', 'preload');
      port.addEventListener('page:expose', (exposed) => {
        const { name, lent } = (exposed as CustomEvent<{ name: string; lent: Lent }>).detail;
        Object.defineProperty(page, name, { value: end.take(lent), enumerable: true });
      });
      port.addEventListener('page:state', (told) => {
        const state = (told as CustomEvent<{ shown: boolean; focused: boolean }>).detail;
        setShown(state.shown);
        setFocused(state.focused);
      });
    },
    { once: true, capture: true },
  );
  governVisibility();
}
