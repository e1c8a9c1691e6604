/**
 * Texts that exist once: whatever a suite types carries one, so that it can be found again
 * wherever it has gone.
 *
 * A value (`zq…qz`) is something a person typed into a field or a file. A marker (`mk…mk`) is a
 * tag that a record is given when it is made and that nobody takes off, so that a record that
 * stands twice is seen. A folder's token (`fd…fd`) stays in its name through every renaming.
 */

export type TokenKind = 'zq' | 'mk' | 'fd';

const pattern = /zq[0-9a-z]{8}qz|mk[0-9a-z]{8}mk|fd[0-9a-z]{8}fd/g;
const isValue = (token: string): boolean => token.startsWith('zq');

/** Makes tokens that no other maker of another `device` or `run` makes. */
export class TokenMaker {
  readonly #prefix: string;
  #count = 0;

  /** `device`: one letter; `run`: below 36³. */
  constructor(device: string, run = 0) {
    this.#prefix = device + run.toString(36).padStart(3, '0');
    if (!/^[0-9a-z]{4}$/.test(this.#prefix)) throw new RangeError('a device is one small letter');
  }

  next(kind: TokenKind): string {
    this.#count += 1;
    return `${kind}${this.#prefix}${this.#count.toString(36).padStart(4, '0')}${kind === 'zq' ? 'qz' : kind}`;
  }
}

/** Every token in some texts, as often as it stands there. */
export function tokensIn(texts: Iterable<string>): string[] {
  const found: string[] = [];
  for (const text of texts) found.push(...(text.match(pattern) ?? []));
  return found;
}

/** Of some texts the typed values, each once. */
export function valuesIn(texts: Iterable<string>): string[] {
  return [...new Set(tokensIn(texts).filter(isValue))];
}

/** Of some texts the markers, each once. */
export function markersIn(texts: Iterable<string>): string[] {
  return [...new Set(tokensIn(texts).filter((token) => token.startsWith('mk')))];
}

/** The tokens by which a folder is known whatever it is called. */
export const folderTokens = (name: string): string[] =>
  tokensIn([name]).filter((token) => token.startsWith('fd'));

/** How the book calls a folder, on every device. */
export const markOfFolder = ({
  name,
  serverId,
}: {
  readonly name: string;
  readonly serverId: string;
}): string => folderTokens(name)[0] ?? serverId;
