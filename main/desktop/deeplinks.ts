/**
 * Links into the application: `strongroom://record/<id>`, from a ticket or a chat.
 *
 * Anybody can write one, and any page can open one, so a link only ever shows a record that is
 * there: it copies nothing and reveals nothing. While locked it does nothing at all, and the answer
 * is the same for every id, so that a link cannot be used to ask what the vaults hold.
 */
export const linkScheme = 'strongroom';

export interface LinkTarget {
  readonly recordId: string;
}

const recordLink = /^strongroom:\/\/record\/([A-Za-z0-9_-]{1,64})\/?$/;

/** What a link leads to; null for whatever is not spelled exactly as ours are. */
export function parseLink(link: string): LinkTarget | null {
  const recordId = recordLink.exec(link)?.[1];
  return recordId === undefined ? null : { recordId };
}

/** The link in a command line, as Windows and Linux hand it over; the last one if there are more. */
export function linkIn(commandLine: readonly string[]): string | null {
  return commandLine.findLast((word) => word.toLowerCase().startsWith(`${linkScheme}:`)) ?? null;
}

export interface LinkPorts {
  readonly isUnlocked: () => boolean;
  readonly show: (recordId: string) => void;
  readonly refuse: (reason: 'locked' | 'malformed') => void;
}

/** Follows a link. The lock is looked at first: nothing about a link is told before that. */
export function followLink(link: string, ports: LinkPorts): void {
  if (!ports.isUnlocked()) return ports.refuse('locked');
  const target = parseLink(link);
  if (target === null) return ports.refuse('malformed');
  ports.show(target.recordId);
}
