/**
 * What is read of a directory: people and the members of groups, as plain values.
 *
 * A directory is somebody else's: entries lack attributes, hold several values or very long ones.
 * What cannot be used is left out here and named, so that it is never taken for "gone".
 */
import type { Entry } from 'ldapts';
import { AndFilter, EqualityFilter, FilterParser, PresenceFilter } from 'ldapts';
import type { OpenDirectory } from './connection.ts';
import type { DirectorySettings } from './settings.ts';
import { DirectoryProblem } from './settings.ts';

/** Somebody as the directory has them. */
export interface FoundPerson {
  key: string;
  dn: string;
  login: string;
  fullName: string;
  email: string;
}

/** A group of the directory; null members were not told whole and must not be believed. */
export interface FoundGroup {
  dn: string;
  name: string;
  members: string[] | null;
}

/** Everything that a sync goes by. */
export interface Reading {
  people: FoundPerson[];
  /** Entries without a usable login or unique id. */
  unusable: { dn: string; key: string | null }[];
  groups: FoundGroup[];
  /** Groups to be taken that the directory does not have. */
  missingGroups: string[];
}

const mostPeople = 50_000;
const mostGroups = 5_000;
const mostMembers = 100_000;
const longest = 1_000;

function valuesOf(entry: Entry, attribute: string): Buffer[] {
  const wanted = attribute.toLowerCase();
  const [, value] = Object.entries(entry).find(([name]) => name.toLowerCase() === wanted) ?? [];
  if (value === undefined) return [];
  const values: readonly (string | Buffer)[] = Array.isArray(value) ? value : [value];
  return values.map((each) => (typeof each === 'string' ? Buffer.from(each, 'utf8') : each));
}

/** The first value that has a text at all, without control characters; empty when there is none. */
function textOf(entry: Entry, attribute: string): string {
  const texts = valuesOf(entry, attribute).map((value) => value.toString('utf8').trim());
  const text = texts.find((each) => each !== '') ?? '';
  return text.length > longest || /\p{Cc}/u.test(text) ? '' : text;
}

function keyOf(entry: Entry, attribute: string): string | null {
  const [value] = valuesOf(entry, attribute);
  return value && value.length > 0 && value.length <= 128 ? value.toString('hex') : null;
}

/** DNs are equal without regard to case and to blanks around their separators. */
export function dnForm(dn: string): string {
  return dn
    .replaceAll(/\s*([,=+])\s*/g, '$1')
    .trim()
    .toLowerCase();
}

function personQuestion(settings: DirectorySettings, base: string) {
  const { login, fullName, email, uniqueId } = settings.attributes;
  const attributes = [login, fullName, email, uniqueId];
  const filter = FilterParser.parseString(settings.people.filter);
  return { base, scope: 'sub' as const, filter, attributes, bytes: [uniqueId] };
}

function personFrom(entry: Entry, { attributes }: DirectorySettings): FoundPerson | null {
  const login = textOf(entry, attributes.login);
  const key = keyOf(entry, attributes.uniqueId);
  if (login === '' || key === null) return null;
  const [fullName, email] = [textOf(entry, attributes.fullName), textOf(entry, attributes.email)];
  return { key, dn: entry.dn, login, fullName, email };
}

/** Everybody whom the settings name. */
export async function readPeople(
  directory: OpenDirectory,
  settings: DirectorySettings,
): Promise<Pick<Reading, 'people' | 'unusable'>> {
  const people = new Map<string, FoundPerson>();
  const unusable: Reading['unusable'] = [];
  for (const base of settings.people.bases) {
    for (const entry of await directory.search(personQuestion(settings, base), mostPeople)) {
      const person = personFrom(entry, settings);
      if (person) people.set(person.key, person);
      else unusable.push({ dn: entry.dn, key: keyOf(entry, settings.attributes.uniqueId) });
    }
  }
  return { people: [...people.values()], unusable };
}

/**
 * The one entry with a login, or null. The login is a value of the filter, never a part of its
 * text, so nothing that it holds can widen the search.
 */
export async function readPerson(
  directory: OpenDirectory,
  settings: DirectorySettings,
  login: string,
): Promise<FoundPerson | null> {
  const found = new Map<string, FoundPerson>();
  for (const base of settings.people.bases) {
    const question = personQuestion(settings, base);
    const named = new EqualityFilter({ attribute: settings.attributes.login, value: login });
    const filter = new AndFilter({ filters: [question.filter, named] });
    for (const entry of await directory.search({ ...question, filter }, 2)) {
      const person = personFrom(entry, settings);
      if (person) found.set(person.key, person);
    }
  }
  const [person] = found.values();
  return person && found.size === 1 ? person : null;
}

function groupFrom(entry: Entry, { attributes }: DirectorySettings): FoundGroup {
  const name = textOf(entry, attributes.groupName) || entry.dn.slice(0, longest);
  const members = valuesOf(entry, attributes.groupMember).map((value) => value.toString('utf8'));
  // Some directories tell a long list in stretches, under a name with a range in it.
  const isCut = Object.keys(entry).some((each) => each.toLowerCase().includes(';range='));
  return { dn: entry.dn, name, members: isCut || members.length > mostMembers ? null : members };
}

/** The groups that are taken, with their members. */
export async function readTakenGroups(
  directory: OpenDirectory,
  settings: DirectorySettings,
): Promise<Pick<Reading, 'groups' | 'missingGroups'>> {
  const groups: FoundGroup[] = [];
  const missingGroups: string[] = [];
  const { groupName, groupMember } = settings.attributes;
  const filter = new PresenceFilter({ attribute: 'objectClass' });
  for (const { dn } of settings.groups.taken) {
    const question = { base: dn, scope: 'base' as const, filter, attributes: [groupName, groupMember] };
    const [entry] = await directory.search(question, 1).catch((error: unknown) => {
      if (error instanceof DirectoryProblem && error.fault === 'baseMissing') return [];
      throw error;
    });
    if (entry) groups.push({ ...groupFrom(entry, settings), dn });
    else missingGroups.push(dn);
  }
  return { groups, missingGroups };
}

/** The groups that could be taken, without their members. */
export async function readGroupNames(
  directory: OpenDirectory,
  settings: DirectorySettings,
): Promise<{ dn: string; name: string }[]> {
  const found: { dn: string; name: string }[] = [];
  const filter = FilterParser.parseString(settings.groups.filter);
  for (const base of settings.groups.bases) {
    const question = { base, scope: 'sub' as const, filter, attributes: [settings.attributes.groupName] };
    for (const entry of await directory.search(question, mostGroups)) {
      const { dn, name } = groupFrom(entry, settings);
      found.push({ dn, name });
    }
  }
  return found;
}

/** People and groups, as one state to plan from. */
export async function readDirectory(directory: OpenDirectory, settings: DirectorySettings): Promise<Reading> {
  return { ...(await readPeople(directory, settings)), ...(await readTakenGroups(directory, settings)) };
}
