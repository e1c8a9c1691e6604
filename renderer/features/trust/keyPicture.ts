/**
 * A fingerprint as a picture: sixteen fields of sixteen shapes, one for each of the first sixteen
 * hexadecimal digits, so that it says 64 bits by shape alone; the tint says two digits more and is
 * needed by nobody.
 */
import { markColour, palette } from '../../ui/marks.ts';

/** One field of the picture, in units of fields: an SVG path in the square from 0,0 to 1,1. */
export interface PictureField {
  readonly column: number;
  readonly row: number;
  readonly path: string;
}

const columns = 4;

/** Turns a path about the middle of its field. */
const triangles = ['M0 0H1L0 1Z', 'M0 0H1V1Z', 'M1 0V1H0Z', 'M0 0L1 1H0Z'];
const quarters = [
  'M0 0H1A1 1 0 0 1 0 1Z',
  'M0 0H1V1A1 1 0 0 1 0 0Z',
  'M1 0V1H0A1 1 0 0 1 1 0Z',
  'M0 0A1 1 0 0 1 1 1H0Z',
];
const bars = ['M0 0H1V.4H0Z', 'M.6 0H1V1H.6Z', 'M0 .6H1V1H0Z', 'M0 0H.4V1H0Z'];
const middles = [
  // an empty field with a dot, so that it is seen to be one
  'M.4 .4H.6V.6H.4Z',
  'M.5 .1A.4 .4 0 0 1 .5 .9A.4 .4 0 0 1 .5 .1Z',
  'M.5 .05L.95 .5L.5 .95L.05 .5Z',
  'M.36 0H.64V.36H1V.64H.64V1H.36V.64H0V.36H.36Z',
];
const shapes: readonly string[] = [...triangles, ...quarters, ...bars, ...middles];

/** The fields of the picture of a fingerprint in hexadecimal, row by row. */
export function pictureFields(fingerprint: string): PictureField[] {
  return [...fingerprint.slice(0, columns * columns)].map((digit, index) => ({
    column: index % columns,
    row: Math.floor(index / columns),
    path: shapes[Number.parseInt(digit, 16)] ?? '',
  }));
}

/** A CSS colour for the picture. */
export function pictureTint(fingerprint: string): string {
  const digits = Number.parseInt(fingerprint.slice(columns * columns, columns * columns + 2), 16);
  return markColour((digits % palette) + 1);
}
