/**
 * What the stand-in puts into the page's own world before its first script.
 *
 * It waits for the preload's hand-over, which happens before any script of the page, and
 * then puts the exposed interface on `window`, frozen. It also lets the stand-in say
 * whether the window is shown: Chromium under DevTools always calls a page visible, and
 * the application must notice when its window is hidden.
 *
 * The function runs as source text; `BridgeEnd` stands beside it in the script.
 */
import { BridgeEnd, type Lent } from './bridge-end.ts';
import type { PageWindow } from './dom.ts';

/** Lets the page see what `state` events say instead of what Chromium says. */
export function governVisibility(page: PageWindow, port: EventTarget): void {
  let shown = true;
  let focused = true;
  Object.defineProperties(Object.getPrototypeOf(Object.getPrototypeOf(page.document)), {
    visibilityState: { configurable: true, get: () => (shown ? 'visible' : 'hidden') },
    hidden: { configurable: true, get: () => !shown },
    hasFocus: { configurable: true, writable: true, value: () => focused },
  });
  port.addEventListener('page:state', (told) => {
    const before = { shown, focused };
    ({ shown, focused } = (told as CustomEvent<{ shown: boolean; focused: boolean }>).detail);
    if (shown !== before.shown) {
      page.document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }
    if (focused !== before.focused) page.dispatchEvent(new Event(focused ? 'focus' : 'blur'));
  });
}

/** Installs the page's end. `handOver` is the name of the one event it waits for. */
export function installPageWorld(handOver: string): void {
  const page = globalThis as unknown as PageWindow;
  if (page.top !== page) return;
  const join = (event: Event): void => {
    event.stopImmediatePropagation();
    const port = (event as MessageEvent).ports[0];
    if (port === undefined) return;
    const end = new BridgeEnd(port, 'page', 'preload');
    port.addEventListener('page:expose', (exposed) => {
      const { name, lent } = (exposed as CustomEvent<{ name: string; lent: Lent }>).detail;
      Object.defineProperty(page, name, { value: end.take(lent), enumerable: true });
    });
    governVisibility(page, port);
  };
  page.addEventListener(handOver, join, { once: true, capture: true });
}
