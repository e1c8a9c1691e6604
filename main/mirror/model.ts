/**
 * The rows of the mirror: what the synchroniser writes and everything else reads.
 *
 * Secrets stand here in their wire form, exactly as the server delivered them; the page
 * cipher of the database protects the rest. Ids: `id` is this device's own name of an
 * object and never changes. For everything that came from the server it equals the server's
 * id; an object made on this device keeps its own id when the server gives it another, which
 * then stands in `serverId`. Until it has given one, `serverId` (and a record's `itemServerId`)
 * is empty.
 */

/** Client-side encryption of an account, pinned at enrolment. */
export type EncryptionMode = 'client' | 'none';

export interface StoredVault {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly kind: 'corporate' | 'personal';
  readonly typeId: string | null;
  /** Wire codes of what the user may do there, e.g. `item:edit`. */
  readonly permissions: readonly string[];
  /** Wire code of the user's access level, e.g. `admin`, if the server tells. */
  readonly access: string | null;
  /** The user has put the vault out of their sight; everything else of it is as ever. */
  readonly hidden: boolean;
  /** The vault key wrapped for this user; null without client-side encryption or when there is none yet. */
  readonly keyWrapped: string | null;
  /** Check value of the vault key, if the server delivers one. */
  readonly keySalt: string | null;
  readonly keyHash: string | null;
  readonly contentHash: string;
}

export interface StoredFolder {
  readonly id: string;
  readonly serverId: string;
  readonly vaultId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly color: number;
  readonly contentHash: string;
}

/** A custom field as on the wire: all three members are ciphertext (or plain base64 without client-side encryption). */
export interface StoredCustomField {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly [other: string]: unknown;
}

export interface StoredAttachment {
  /** This device's id of the attachment; the server's own for everything that came from there. */
  readonly id: string;
  /** The server's id; null for a file that was added here and is not sent yet. */
  readonly serverId: string | null;
  readonly name: string;
  readonly encryptedKey: string;
  /** Peculiar hash of the plain file, if the listing carried it. */
  readonly hash: string | null;
  /** Bytes of the plain file, once known on this device. */
  readonly size: number | null;
  /** File name inside `files/` where the sealed contents lie, or null. */
  readonly localFile: string | null;
}

/** How `keyWrapped` of a record is wrapped. */
export type RecordKeyWrap =
  | 'vault' // envelope under the key of the vault it lies in
  | 'rsa' // inbox: RSA with the user's public key
  | 'none'; // no client-side encryption

export interface StoredRecord {
  readonly id: string;
  readonly serverId: string;
  readonly kind: 'record' | 'shortcut' | 'inbox';
  /** Null for inbox entries. */
  readonly vaultId: string | null;
  readonly folderId: string | null;
  /** The server's id of the record behind a shortcut or inbox entry; own server id otherwise. */
  readonly itemServerId: string;
  readonly name: string;
  readonly login: string;
  readonly urls: readonly string[];
  readonly description: string;
  readonly tags: readonly string[];
  readonly color: number;
  readonly favourite: boolean;
  readonly keyWrap: RecordKeyWrap;
  readonly keyWrapped: string | null;
  /** The vault key as the record itself carries it (`vaultMasterKeyEncrypted`), if it does. */
  readonly vaultKeyWrapped: string | null;
  readonly passwordEncrypted: string | null;
  readonly customs: readonly StoredCustomField[];
  readonly attachments: readonly StoredAttachment[];
  /** Inbox: who sent it, may it be changed, has it been seen. */
  readonly sender: string | null;
  readonly writable: boolean;
  readonly unread: boolean;
  /** The server's own counter and time, where it has them. */
  readonly revision: number | null;
  readonly updatedAt: number | null;
  /** Hash of everything above as delivered, to tell changed rows from unchanged ones. */
  readonly contentHash: string;
  /** An incoming change was refused (moved or altered ciphertext); the previous values stand. */
  readonly flagged: boolean;
}

/** Fingerprint of one ciphertext: what the tamper manifest remembers of every field. */
export interface ManifestEntry {
  /** `password`, `custom:<index>:name|value|type`, `key`, `attachment:<id>:key`. */
  readonly field: string;
  /** Hex of the envelope's 8-byte salt, or empty for values without one. */
  readonly salt: string;
  /** Hex HMAC-SHA-256 of the ciphertext under the manifest subkey. */
  readonly mac: string;
}

export interface StoredNotice {
  readonly id: string;
  readonly at: number;
  readonly kind:
    | 'vaultKeyChanged'
    | 'vaultRemoved'
    | 'fieldTampered'
    | 'recordUnreadable'
    | 'weakOwnKey'
    | 'serverRolledBack'
    | 'placeGone';
  readonly subject: string;
  readonly recordId: string | null;
}

/** A pinned fact. Values are not secret, but must not be changed by anybody but this device. */
export interface Pins {
  readonly mode: EncryptionMode;
  /** Null without client-side encryption. */
  readonly masterKeyOptions: string | null;
  /** Hex SHA-256 of the SubjectPublicKeyInfo computed from the own private key. */
  readonly ownPublicKey: string | null;
  readonly userId: string;
}

/** What was pinned of one vault's key, and how far it is trusted. */
export interface VaultKeyPin {
  readonly vaultId: string;
  /** Hex HMAC-SHA-256 of the vault key under the manifest subkey. */
  readonly mac: string;
  readonly trust: 'verified' | 'unverified' | 'keyChanged' | 'keyMissing';
  readonly firstSeenAt: number;
}

/** A line of a list, with everything that a page of records shows and nothing secret. */
export interface ListRow {
  readonly id: string;
  readonly kind: StoredRecord['kind'];
  readonly name: string;
  readonly login: string;
  /** Host (and port) of the first URL, or empty. */
  readonly host: string;
  readonly tags: readonly string[];
  readonly color: number;
  readonly favourite: boolean;
  readonly vaultId: string | null;
  readonly folderId: string | null;
  /** Vault and folder names, outermost first. */
  readonly place: readonly string[];
  /** Null until somebody who could decrypt the record has told. */
  readonly hasTotp: boolean | null;
  readonly attachmentCount: number;
  readonly flagged: boolean;
  readonly unread: boolean;
  /** Changed here, and the server does not have it yet. */
  readonly pending: boolean;
  readonly conflict: boolean;
  readonly updatedAt: number | null;
}

/** Another person of the organisation, as far as the server has told. */
export interface StoredUser {
  readonly id: string;
  readonly login: string;
  readonly fullName: string;
}

/** A person's public key as first seen (trust on first use), and what was said of it here since. */
export interface UserKeyPin {
  readonly userId: string;
  /** Hex SHA-256 of the SubjectPublicKeyInfo. */
  readonly fingerprint: string;
  readonly firstSeenAt: number;
  /** When it was compared with its owner; null as long as nobody has. */
  readonly verifiedAt: number | null;
  /** When a person accepted it in the place of `formerFingerprint`; null where it was the first. */
  readonly acceptedAt: number | null;
  readonly formerFingerprint: string | null;
}

/** A file of a record and where its copy lies, as rules about copies look at it. */
export interface FileCopy {
  readonly recordId: string;
  readonly vaultId: string | null;
  readonly attachmentId: string;
  /** Null for what the server never had. */
  readonly serverId: string | null;
  readonly size: number | null;
  readonly localFile: string | null;
}

/** An attachment whose sealed contents are not on this device yet. */
export interface MissingFile {
  readonly recordId: string;
  readonly vaultId: string | null;
  readonly recordKind: StoredRecord['kind'];
  readonly itemServerId: string;
  readonly attachmentId: string;
  readonly attachmentServerId: string;
  readonly name: string;
  readonly size: number | null;
}
