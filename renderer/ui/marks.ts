/** Colours a record may carry. The protocol numbers them and leaves their looks to the client. */
export const palette = 10;

/** A CSS colour for a number from 1 up; numbers beyond the palette begin again. */
export function markColour(number: number): string {
  return `var(--mark-${((number - 1) % palette) + 1})`;
}
