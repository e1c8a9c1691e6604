/** The text of a preview: its beginning, never broken within a character. */

/** So much of a text is shown, in bytes: enough to read, little enough for the page to lay out at once. */
export const shownTextBytes = 1024 * 1024;

export interface ShownText {
  readonly text: string;
  /** The file goes on after what is shown. */
  readonly cut: boolean;
}

/** Decodes the beginning of UTF-8 text; what is not UTF-8 becomes replacement characters. */
export function textOf(bytes: Uint8Array, limit: number = shownTextBytes): ShownText {
  const cut = bytes.length > limit;
  // As a stream, so that the bytes of a character which the cut runs through are left out.
  const text = new TextDecoder().decode(cut ? bytes.subarray(0, limit) : bytes, { stream: cut });
  return { text, cut };
}
