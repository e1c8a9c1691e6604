/**
 * The text of a roster: what it says, how it is spelled, and what is too much of it.
 *
 * It is read by spelling what was understood once more and comparing, so that no second text can
 * mean the same, and nothing that was not understood is carried along.
 */
import { KeychainError } from './error.ts';

/** Somebody whose key the signer has compared, by the names under which the signer knows them. */
export interface RosterPerson {
  readonly userId: string;
  readonly name: string;
  readonly login: string;
  /** Lower-case hex SHA-256 of the SubjectPublicKeyInfo of the RSA key. */
  readonly fingerprint: string;
}

export interface Roster {
  /** From 1; each signing of the same signer has a higher one. */
  readonly number: number;
  /** Unix seconds. */
  readonly signedAt: number;
  /** As the signer says; what counts is the key. */
  readonly signer: { readonly userId: string; readonly name: string };
  /** In the order of their ids, each once. */
  readonly people: readonly RosterPerson[];
}

/** Bounds of what is read: people, and bytes of the text. */
export const rosterLimits = { people: 10_000, bytes: 4 * 1024 * 1024 } as const;

const format = 'strongroom roster';
const version = 1;
/** The end of the year 9999: beyond it a calendar shows nothing. */
const latestTime = 253_402_300_799;
const longestId = 128;
const longestName = 1_024;

/** The one spelling; people are put in order. @throws KeychainError `tooLarge` beyond a bound */
export function encodeRosterText(roster: Roster): Buffer {
  const { number, signedAt, signer } = roster;
  const people = [...roster.people].sort((one, other) => (one.userId < other.userId ? -1 : 1));
  const text = JSON.stringify({
    format,
    version,
    number,
    signedAt,
    signer: { userId: signer.userId, name: signer.name },
    people: people.map(({ userId, name, login, fingerprint }) => ({ userId, name, login, fingerprint })),
  });
  const bytes = Buffer.from(text, 'utf8');
  if (people.length > rosterLimits.people || bytes.length > rosterLimits.bytes) {
    throw new KeychainError('tooLarge');
  }
  return bytes;
}

/** What the text says; null for everything that {@link encodeRosterText} does not write. */
export function decodeRosterText(text: Uint8Array): Roster | null {
  if (text.length > rosterLimits.bytes) return null;
  const roster = rosterOf(parsed(text));
  if (roster === null || !encodeRosterText(roster).equals(text)) return null;
  return roster;
}

function parsed(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text));
  } catch {
    // Null is no roster either, and why a text is none helps nobody.
    return null;
  }
}

function rosterOf(value: unknown): Roster | null {
  if (!isObject(value) || value['format'] !== format || value['version'] !== version) return null;
  const { number, signedAt, signer, people } = value;
  if (!isCount(number) || number < 1 || !isCount(signedAt) || signedAt > latestTime) return null;
  if (!isObject(signer) || !isId(signer['userId']) || !isName(signer['name'])) return null;
  if (!Array.isArray(people) || people.length > rosterLimits.people) return null;
  const read: RosterPerson[] = [];
  for (const each of people) {
    const person = personOf(each);
    const last = read.at(-1);
    if (person === null || (last !== undefined && last.userId >= person.userId)) return null;
    read.push(person);
  }
  return { number, signedAt, signer: { userId: signer['userId'], name: signer['name'] }, people: read };
}

function personOf(value: unknown): RosterPerson | null {
  if (!isObject(value)) return null;
  const { userId, name, login, fingerprint } = value;
  if (!isId(userId) || !isName(name) || !isName(login) || !isFingerprint(fingerprint)) return null;
  return { userId, name, login, fingerprint };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestName;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestId;
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
