/** Colours a record may carry. The protocol numbers them and leaves their looks to the client. */
export const palette = 10;

/** The number within the palette; numbers beyond it begin again. */
export function paletteNumber(number: number): number {
  return number < 1 ? 0 : ((number - 1) % palette) + 1;
}

/** A CSS colour for a number from 1 up. */
export function markColour(number: number): string {
  return `var(--mark-${paletteNumber(number)})`;
}
