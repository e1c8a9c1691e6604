/**
 * Entries of the activity log in the form that security systems collect: CEF (ArcSight Common Event
 * Format, version 0) inside a syslog message (RFC 5424). Ids only, as in the log itself.
 */
import { hostname } from 'node:os';
import type { Activity } from '../storage/activity.ts';
import type { ActivityEvent } from '../storage/events.ts';

/** Facility 13 is the log audit, severity 6 informational, 4 a warning (RFC 5424, section 6.2.1). */
const facility = 13;
const informational = 6;
const warning = 4;

/** What somebody who watches should look at. CEF severities go from 0 to 10. */
const noteworthy: ReadonlySet<ActivityEvent> = new Set([
  ...(['user_auth_failed', 'user_2fa_auth_failed', 'user_auth_blocked', 'user_2fa_reset'] as const),
  ...(['user_master_password_reset', 'user_password_reset', 'user_role_changed', 'user_deleted'] as const),
  ...(['vault_deleted', 'settings_changed', 'userRole_updated', 'vaultType_updated'] as const),
]);

const inHeader = (text: string) => text.replaceAll(/[\\|]/g, '\\$&').replaceAll(/[\r\n]+/g, ' ');
const inExtension = (text: string) =>
  text.replaceAll(/[\\=]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n');

/** The CEF form of an entry. */
export function cefOf(entry: Activity): string {
  const severity = noteworthy.has(entry.event) ? 6 : 3;
  const header = ['CEF:0', 'Strongroom', 'Server', '1', entry.event, entry.event, String(severity)];
  const members: readonly (readonly [name: string, value: string | null])[] = [
    ['rt', String(entry.arrivedAt * 1000)],
    ['externalId', entry.id],
    ['suid', entry.actorId === '' ? null : entry.actorId],
    ['src', entry.address],
    ['requestClientApplication', entry.client],
    ['cs1Label', 'object'],
    ['cs1', entry.objectId],
    ['cs2Label', entry.subjectId === null ? null : 'subject'],
    ['cs2', entry.subjectId],
    ['cs3Label', entry.vaultId === null ? null : 'vault'],
    ['cs3', entry.vaultId],
    ['cs4Label', 'organisation'],
    ['cs4', entry.organisationId],
    ['act', entry.action],
  ];
  const extension = members.flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${inExtension(value)}`],
  );
  return `${header.map(inHeader).join('|')}|${extension.join(' ')}`;
}

/** A whole syslog message, without the framing of a transport. */
export function syslogMessage(entry: Activity): string {
  const level = noteworthy.has(entry.event) ? warning : informational;
  const time = new Date(entry.arrivedAt * 1000).toISOString();
  return `<${facility * 8 + level}>1 ${time} ${hostname() || '-'} strongroom - ${entry.event} - ${cefOf(entry)}`;
}
