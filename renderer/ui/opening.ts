/**
 * Where the focus goes when something opens over the page: to what is marked for it, to its
 * first input if it has one, else to itself. The library would take the first button, which is the one that closes.
 */
export function focusOnOpening(event: Event): void {
  const opened = event.target;
  if (!(opened instanceof HTMLElement)) return;
  event.preventDefault();
  const marked = opened.querySelector<HTMLElement>('[data-opening-focus]');
  (marked ?? opened.querySelector('input') ?? opened).focus();
}
