/** The settings of a directory as a person types them: texts, one base a line. */
import type { DirectorySettings } from '../../../contract/directory.ts';
import { directorySettings } from '../../../contract/directory.ts';

export interface TypedSettings {
  url: string;
  security: 'ldaps' | 'startTls' | 'none';
  ca: string;
  bindDn: string;
  peopleBases: string;
  peopleFilter: string;
  groupBases: string;
  groupFilter: string;
  taken: DirectorySettings['groups']['taken'];
  attributes: DirectorySettings['attributes'];
  membersAre: 'dn' | 'login';
  logsIn: boolean;
  adopts: boolean;
  interval: string;
}

export const freshSettings: TypedSettings = {
  ...{ url: '', security: 'ldaps', ca: '', bindDn: '', peopleBases: '', groupBases: '', taken: [] },
  ...{ peopleFilter: '(objectClass=inetOrgPerson)', groupFilter: '(objectClass=groupOfNames)' },
  attributes: {
    ...{ login: 'uid', fullName: 'cn', email: 'mail', uniqueId: 'entryUUID' },
    ...{ groupName: 'cn', groupMember: 'member' },
  },
  ...{ membersAre: 'dn', logsIn: true, adopts: false, interval: '60' },
};

export function typedFrom(settings: DirectorySettings): TypedSettings {
  const { url, startTls, ca, bindDn, people, groups, attributes } = settings;
  const { membersAre, logsIn, adopts, intervalMinutes } = settings;
  const plain = startTls ? 'startTls' : 'none';
  return {
    ...{ url: url.replace(/^ldaps?:\/\//i, ''), bindDn, ca: ca ?? '', membersAre, logsIn, adopts },
    security: url.toLowerCase().startsWith('ldaps:') ? 'ldaps' : plain,
    ...{ peopleBases: people.bases.join('\n'), peopleFilter: people.filter },
    ...{ groupBases: groups.bases.join('\n'), groupFilter: groups.filter },
    ...{ taken: groups.taken.map((group) => ({ ...group })), attributes: { ...attributes } },
    interval: intervalMinutes === null ? '' : String(intervalMinutes),
  };
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What was typed as settings; null where something is missing or of a wrong form. */
export function settingsFrom(typed: TypedSettings): DirectorySettings | null {
  const { bindDn, attributes, membersAre, logsIn, adopts } = typed;
  const scheme = typed.security === 'ldaps' ? 'ldaps' : 'ldap';
  const parsed = directorySettings.safeParse({
    ...{ url: `${scheme}://${typed.url.trim().replace(/^ldaps?:\/\//i, '')}`, bindDn, membersAre },
    ...{
      startTls: typed.security === 'startTls',
      ca: typed.ca.trim() === '' ? null : typed.ca,
      logsIn,
      adopts,
    },
    people: { bases: lines(typed.peopleBases), filter: typed.peopleFilter },
    groups: {
      ...{ bases: lines(typed.groupBases), filter: typed.groupFilter },
      taken: typed.taken.map((group) => ({ ...group })),
    },
    attributes: { ...attributes },
    intervalMinutes: typed.interval.trim() === '' ? null : Number(typed.interval),
  });
  return parsed.success && typed.url.trim() !== '' ? parsed.data : null;
}
