/**
 * What an organisation says of its LDAP directory. It is sealed as a whole, the password of the
 * account that reads included, and that password is never told back.
 */

/** A group of the directory whose members are taken over. */
export interface TakenGroup {
  dn: string;
  /** The group here; null until a sync has made one. */
  groupId: string | null;
}

/** Which attribute holds what. */
export interface AttributeMap {
  login: string;
  fullName: string;
  email: string;
  /** What stays the same when an entry is renamed or moved, such as `entryUUID` (RFC 4530). */
  uniqueId: string;
  groupName: string;
  groupMember: string;
}

/** Where the directory is and who reads it. */
export interface DirectoryAddress {
  /** `ldap://` or `ldaps://`, host and port. */
  url: string;
  /** Asks for TLS on an `ldap://` connection before anything else (RFC 4511, "StartTLS Operation"). */
  startTls: boolean;
  /** Certificates in PEM that are trusted instead of the system's; null trusts those. */
  ca: string | null;
  bindDn: string;
  bindPassword: string;
}

export interface DirectorySettings extends DirectoryAddress {
  people: { bases: string[]; filter: string };
  groups: { bases: string[]; filter: string; taken: TakenGroup[] };
  attributes: AttributeMap;
  /** Whether groups name their members by DN (`member`) or by login (`memberUid`). */
  membersAre: 'dn' | 'login';
  /** People of the directory log in with their password there; else it is only read. */
  logsIn: boolean;
  /** Accounts that are here already become those of the directory when the login is the same. */
  adopts: boolean;
  /** Minutes between two syncs; null syncs on demand only. */
  intervalMinutes: number | null;
  /** Who said so: what the directory may do goes no further than what they may. */
  changedBy: string;
  /** Unix seconds. */
  changedAt: number;
}

/** How an account here is tied to an entry there. */
export interface DirectoryLink {
  /** The unique id of the entry, in hexadecimal. */
  key: string;
  dn: string;
  /** Blocked by a sync because the entry was gone, and to be unblocked by one when it is back. */
  isGone: boolean;
}

/** What can be wrong with a directory, as far as an administrator can do something about it. */
export type DirectoryFault =
  'unreachable' | 'tlsRefused' | 'credentialsRefused' | 'baseMissing' | 'tooMany' | 'refused' | 'tookTooLong';

/** The directory did not do what was asked. The message holds nothing that came from there. */
export class DirectoryProblem extends Error {
  readonly fault: DirectoryFault;

  constructor(fault: DirectoryFault) {
    super(`The directory could not be used: ${fault}.`);
    this.name = 'DirectoryProblem';
    this.fault = fault;
  }
}

/** True for hosts that cannot be listened to on the way. */
export function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
