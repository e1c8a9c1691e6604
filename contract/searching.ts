/**
 * The language of the search box, and searches that were kept.
 *
 * Whatever is no filter of this table is searched for as it stands, so that nobody has to know
 * the table to find a record whose title holds a colon. The page makes its help from the same table.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/** `login:root`: the text stands in that field. */
export const searchFields = ['url', 'tag', 'login', 'vault'] as const;
export type SearchField = (typeof searchFields)[number];

/** `has:totp`, `is:favourite`: what is so, or is not. */
export const searchMarks = {
  has: ['totp', 'file'],
  is: ['favourite', 'waiting', 'weak'],
} as const;
export type SearchMark = (typeof searchMarks)[keyof typeof searchMarks][number];

/** Spellings of the filter by colour; its values are the numbers of the protocol's palette, or `none`. */
export const colourKeys = ['color', 'colour'] as const;

/** Longest text of the search box, in characters. */
export const longestQuery = 500;

/** Most searches that one account keeps. */
export const mostSavedSearches = 100;

const searchName = z.string().trim().min(1).max(120);
const query = z.string().trim().min(1).max(longestQuery);

export const savedSearch = z.strictObject({ id: idText, name: searchName, query });
export type SavedSearch = z.infer<typeof savedSearch>;

export const searches = {
  /** By name. They are kept on this device, in the encrypted mirror of the shown account. */
  list: channel(nothing, z.strictObject({ searches: z.array(savedSearch).max(mostSavedSearches) })),
  /** Keeps a search; one that is kept already under the same text is renamed instead. */
  save: channel(z.strictObject({ name: searchName, query }), z.strictObject({ id: idText })),
  rename: channel(z.strictObject({ id: idText, name: searchName }), nothing),
  remove: channel(z.strictObject({ id: idText }), nothing),
};
