/**
 * Everything that crossed from the main process to a page, kept in test runs only, so that
 * a test can prove that no secret crossed which was not asked for.
 */

/** One crossing: a handler's reply, its error, or a message sent without being asked. */
export interface Crossing {
  kind: 'reply' | 'error' | 'message';
  channel: string;
  value: unknown;
}

let kept: Crossing[] | undefined;

/** Starts keeping; without it nothing is kept. */
export function keepTraffic(): void {
  kept = [];
}

/** Notes one crossing, if a test asked for it. */
export function noteCrossing(crossing: Crossing): void {
  kept?.push(crossing);
}

/** What has crossed so far. */
export function traffic(): readonly Crossing[] {
  return kept ?? [];
}
