/**
 * The LDAP directory of an organisation: settings and trying them out (own additions).
 *
 * The password of the account that reads goes in and never comes out. It stays as it was when it is
 * not sent, but only for the same address: else whoever may change settings could have it sent to
 * a server of theirs.
 */
import { X509Certificate } from 'node:crypto';
import { FilterParser } from 'ldapts';
import { z } from 'zod';
import { withDirectory } from '../../directory/connection.ts';
import { readGroupNames, readPeople } from '../../directory/reading.ts';
import type { DirectorySettings } from '../../directory/settings.ts';
import { DirectoryProblem, isLoopback } from '../../directory/settings.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { orFault } from '../directoryfaults.ts';
import { invalid, notFound } from '../errors.ts';
import { doneAnswer, objectId, shortText } from '../schemas.ts';
import type { Caller } from '../../access/rights.ts';

const shortestInterval = 5;
const longestInterval = 7 * 24 * 60;
const mostTaken = 1_000;

const addressForm = /^ldaps?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const distinguishedName = shortText.min(1);
const attribute = z.string().regex(/^[a-z][a-z0-9-]{0,99}$/i);

function isFilter(text: string): boolean {
  try {
    FilterParser.parseString(text);
    return true;
  } catch (error) {
    return !(error instanceof Error);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch (error) {
    return !(error instanceof Error);
  }
}

const filter = z.string().min(3).max(4_000).refine(isFilter, 'Must be an LDAP filter (RFC 4515).');
const bases = z.array(distinguishedName).max(20);

/** The settings as they are told: all but the password. */
export const directorySettings = z.object({
  url: z
    .string()
    .max(300)
    .regex(addressForm)
    .refine((url) => URL.canParse(url)),
  startTls: z.boolean(),
  ca: z.string().max(100_000).refine(isCertificate, 'Must be a certificate in PEM.').nullable(),
  bindDn: distinguishedName,
  people: z.object({ bases: bases.min(1), filter }),
  groups: z.object({
    ...{ bases, filter },
    taken: z.array(z.object({ dn: distinguishedName, groupId: objectId.nullable() })).max(mostTaken),
  }),
  attributes: z.object({
    ...{ login: attribute, fullName: attribute, email: attribute, uniqueId: attribute },
    ...{ groupName: attribute, groupMember: attribute },
  }),
  membersAre: z.enum(['dn', 'login']),
  logsIn: z.boolean(),
  adopts: z.boolean(),
  intervalMinutes: z.number().int().min(shortestInterval).max(longestInterval).nullable(),
});

const settingsBody = directorySettings.extend({ bindPassword: z.string().min(1).max(1_000).optional() });
type SentSettings = z.output<typeof settingsBody>;

const isSameAddress = (one: SentSettings, other: DirectorySettings) =>
  one.url === other.url &&
  one.startTls === other.startTls &&
  one.ca === other.ca &&
  one.bindDn === other.bindDn;

/** What was sent, with the password that it goes with. */
async function completed(context: Context, caller: Caller, sent: SentSettings): Promise<DirectorySettings> {
  const isSecure = sent.url.toLowerCase().startsWith('ldaps:');
  if (isSecure && sent.startTls)
    throw invalid('tlsTwice', 'startTls', 'This address has TLS from the start.');
  if (!isSecure && !sent.startTls && !isLoopback(sent.url)) {
    throw invalid('tlsRequired', 'url', 'Passwords would be sent in the clear.');
  }
  const dns = new Set(sent.groups.taken.map(({ dn }) => dn));
  if (dns.size < sent.groups.taken.length) throw invalid('groupTwice', 'groups', 'A group is named twice.');
  const known = new Set((await context.storage.groups.list(caller.organisationId)).map(({ id }) => id));
  if (sent.groups.taken.some(({ groupId }) => groupId !== null && !known.has(groupId))) {
    throw invalid('notFound', 'groups', 'There is no such group.');
  }
  const stored = await context.storage.ldap.settings(caller.organisationId);
  const kept = stored && isSameAddress(sent, stored) ? stored.bindPassword : undefined;
  const bindPassword = sent.bindPassword ?? kept;
  if (bindPassword === undefined) {
    throw invalid('passwordNeeded', 'bindPassword', 'Another address needs the password once more.');
  }
  return { ...sent, bindPassword, changedBy: caller.userId, changedAt: unixSeconds(context) };
}

/** The settings of the caller's organisation; 404 where there are none. */
export async function storedSettings(context: Context, organisationId: string): Promise<DirectorySettings> {
  const settings = await context.storage.ldap.settings(organisationId);
  if (!settings) throw notFound();
  return settings;
}

function settingsRoutes(app: Api, context: Context): void {
  app.post(
    '/directory',
    {
      config: { needs: 'settings:manage', logs: 'noted', keepsNoAnswer: true },
      schema: {
        summary: 'Say where the LDAP directory is and what is taken from it (own addition)',
        ...{ body: settingsBody, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const settings = await completed(context, caller, request.body);
      await context.storage.ldap.set(caller.organisationId, settings);
      const note = { objectId: caller.organisationId, action: 'directory set' } as const;
      request.activityNotes.push({ event: 'settings_changed', ...note });
      return { success: true as const };
    },
  );

  app.delete(
    '/directory',
    {
      config: { needs: 'settings:manage', logs: 'noted' },
      schema: {
        summary: 'Forget the directory; people, groups and blocks stay as they are (own addition)',
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      await context.storage.ldap.remove(organisationId);
      const note = { objectId: organisationId, action: 'directory removed' } as const;
      request.activityNotes.push({ event: 'settings_changed', ...note });
      return { success: true as const };
    },
  );
}

const faults = [
  ...(['unreachable', 'tlsRefused', 'credentialsRefused', 'baseMissing'] as const),
  ...(['tooMany', 'refused', 'tookTooLong'] as const),
] as const;
const shownPeople = 5;

const trialAnswer = z.object({
  /** Null when the directory can be used. */
  fault: z.enum(faults).nullable(),
  people: z.number(),
  /** Entries without a usable login or unique id. */
  unusable: z.number(),
  /** The first of the people, to see whether the attributes are the right ones. */
  sample: z.array(z.object({ login: z.string(), fullName: z.string(), email: z.string() })),
});

/** What a directory answers to some settings, nothing of it kept. */
async function tried(settings: DirectorySettings): Promise<z.output<typeof trialAnswer>> {
  try {
    const { people, unusable } = await withDirectory(settings, (open) => readPeople(open, settings));
    const sample = people
      .slice(0, shownPeople)
      .map(({ login, fullName, email }) => ({ login, fullName, email }));
    return { fault: null, people: people.length, unusable: unusable.length, sample };
  } catch (error) {
    if (!(error instanceof DirectoryProblem)) throw error;
    return { fault: error.fault, people: 0, unusable: 0, sample: [] };
  }
}

/** Registers the endpoints of this file. */
export function directoryRoutes(app: Api, context: Context): void {
  settingsRoutes(app, context);

  app.post(
    '/directory/test',
    {
      config: { needs: 'settings:manage', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'Try settings out without keeping them (own addition)',
        ...{ body: settingsBody, response: { 200: trialAnswer } },
      },
    },
    async (request) => tried(await completed(context, callerOf(request), request.body)),
  );

  app.get(
    '/directory/groups',
    {
      config: { needs: 'settings:manage' },
      schema: {
        summary: 'The groups that the directory has (own addition)',
        response: { 200: z.object({ items: z.array(z.object({ dn: z.string(), name: z.string() })) }) },
      },
    },
    async (request) => {
      const settings = await context.storage.ldap.settings(callerOf(request).organisationId);
      if (!settings) return { items: [] };
      const reading = withDirectory(settings, (open) => readGroupNames(open, settings));
      return { items: await orFault(reading) };
    },
  );
}
