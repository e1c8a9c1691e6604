/** Organisations and their users. */
import type { Kysely, Selectable } from 'kysely';
import type { RoleCode } from '../access/vocabulary.ts';
import type { DirectoryLink } from '../directory/settings.ts';
import type { Seal } from '../sealing/cipher.ts';
import { noPasswordPolicies, type PasswordPolicies } from './passwordpolicies.ts';
import type { Flag, Tables, UserTable } from './tables.ts';

export interface Organisation {
  id: string;
  name: string;
  clientSideEncryption: boolean;
}

/** Whether members may keep vaults where the server is not reached, and for how many days. */
export interface OfflinePolicy {
  allowed: boolean;
  days: number;
}

/** What holds until an administrator says otherwise. */
export const usualOfflinePolicy: OfflinePolicy = { allowed: true, days: 30 };

/** What is sealed of an organisation. */
interface OrganisationContent {
  name: string;
  offline?: OfflinePolicy;
  passwords?: PasswordPolicies;
  /** For how many days the activity log is kept; absent or null keeps it for good. */
  activityDays?: number | null;
}

/** What is sealed of a user. Hashes are stored, never the secrets they are made of. */
export interface UserContent {
  login: string;
  email: string;
  fullName: string;
  /** `pbkdf2:sha512:<iterations>:<bytes>:<salt>:<hash>`; empty where there is no password here. */
  passwordHash: string;
  masterKeyOptions: string;
  /** Keyed hash, in hexadecimal, of the hash that clients send; null without client-side encryption. */
  masterKeyFingerprint: string | null;
  keys: { public: string; privateEncrypted: string } | null;
  /** When the pair came here, in Unix seconds. */
  keysMadeAt?: number | undefined;
  /** The last reset of the master password: by whom and when. */
  keysReset?: { by: string; at: number } | undefined;
  twoFactor?: TwoFactor | undefined;
  /** The entry of an LDAP directory that the account is tied to. */
  link?: DirectoryLink | undefined;
}

/** Time-based one-time passwords (RFC 6238) as a second factor of logging in. */
export interface TwoFactor {
  /** In base32. */
  secret: string;
  /** False until the first code has shown that the person's device has the secret. */
  isEnabled: boolean;
  /** The last step that a code was accepted for: no code is taken twice. */
  lastStep: number;
  /** Keyed hashes, in hexadecimal, of the recovery codes that have not been spent. */
  recovery: string[];
}

export interface User extends UserContent {
  id: string;
  organisationId: string;
  role: RoleCode;
  /** The role's id where it is one of the organisation's own; null for the built-in ones. */
  roleId: string | null;
  isOwner: boolean;
  isBlocked: boolean;
  isDeleted: boolean;
}

const flag = (value: boolean): Flag => (value ? 1 : 0);

/** Logins are compared without regard to case and surrounding blanks. */
/** The form in which logins are compared: whatever has the same one is the same login. */
export const loginForm = (login: string): string => login.trim().toLowerCase();

function contentOf(user: User): UserContent {
  const { login, email, fullName, passwordHash, masterKeyOptions, masterKeyFingerprint, keys } = user;
  const { keysMadeAt, keysReset, twoFactor, link } = user;
  return {
    ...{ login, email, fullName, passwordHash, masterKeyOptions, masterKeyFingerprint, keys },
    ...{ keysMadeAt, keysReset, twoFactor, link },
  };
}

/** The repository of organisations. */
export function organisationStore(database: Kysely<Tables>, seal: Seal) {
  async function content(id: string): Promise<OrganisationContent | undefined> {
    const row = await database
      .selectFrom('organisations')
      .select('content')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && seal.openJson<OrganisationContent>(row.content);
  }

  return {
    async insert(organisation: Organisation, createdAt: number): Promise<void> {
      await database
        .insertInto('organisations')
        .values({
          id: organisation.id,
          client_side_encryption: flag(organisation.clientSideEncryption),
          created_at: createdAt,
          content: seal.sealJson({ name: organisation.name } satisfies OrganisationContent),
        })
        .execute();
    },

    async find(id: string): Promise<Organisation | undefined> {
      const row = await database
        .selectFrom('organisations')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) return undefined;
      const { name } = seal.openJson<OrganisationContent>(row.content);
      return { id: row.id, name, clientSideEncryption: row.client_side_encryption === 1 };
    },

    /** Sets the mode in force. */
    async setEncryption(id: string, clientSideEncryption: boolean): Promise<void> {
      await database
        .updateTable('organisations')
        .set({ client_side_encryption: flag(clientSideEncryption) })
        .where('id', '=', id)
        .execute();
    },

    async offlinePolicy(id: string): Promise<OfflinePolicy> {
      return (await content(id))?.offline ?? usualOfflinePolicy;
    },

    /** For how many days entries of the activity log are kept; null keeps them for good. */
    async activityDays(id: string): Promise<number | null> {
      return (await content(id))?.activityDays ?? null;
    },

    async setActivityDays(id: string, activityDays: number | null): Promise<void> {
      const former = await content(id);
      if (!former) return;
      const sealed = seal.sealJson({ ...former, activityDays } satisfies OrganisationContent);
      await database.updateTable('organisations').set({ content: sealed }).where('id', '=', id).execute();
    },

    /** The ids of all organisations of the server. */
    async ids(): Promise<string[]> {
      const rows = await database.selectFrom('organisations').select('id').execute();
      return rows.map(({ id }) => id);
    },

    async passwordPolicies(id: string): Promise<PasswordPolicies> {
      return (await content(id))?.passwords ?? noPasswordPolicies;
    },

    async setPasswordPolicies(id: string, passwords: PasswordPolicies): Promise<void> {
      const former = await content(id);
      if (!former) return;
      const sealed = seal.sealJson({ ...former, passwords } satisfies OrganisationContent);
      await database.updateTable('organisations').set({ content: sealed }).where('id', '=', id).execute();
    },

    async setOfflinePolicy(id: string, offline: OfflinePolicy): Promise<void> {
      const former = await content(id);
      if (!former) return;
      const sealed = seal.sealJson({ ...former, offline } satisfies OrganisationContent);
      await database.updateTable('organisations').set({ content: sealed }).where('id', '=', id).execute();
    },
  };
}

/** The repository of users. */
export function userStore(database: Kysely<Tables>, seal: Seal) {
  const loginKey = (login: string) => seal.fingerprint('login', loginForm(login));
  const open = (row: Selectable<UserTable>): User => ({
    id: row.id,
    organisationId: row.organisation_id,
    role: row.role,
    roleId: row.role_id,
    isOwner: row.is_owner === 1,
    isBlocked: row.is_blocked === 1,
    isDeleted: row.is_deleted === 1,
    ...seal.openJson<UserContent>(row.content),
  });
  const columns = (user: User) => ({
    login_key: loginKey(user.login),
    role: user.role,
    role_id: user.roleId,
    is_owner: flag(user.isOwner),
    is_blocked: flag(user.isBlocked),
    is_deleted: flag(user.isDeleted),
    content: seal.sealJson(contentOf(user)),
  });

  return {
    async insert(user: User, createdAt: number): Promise<void> {
      const fixed = { id: user.id, organisation_id: user.organisationId, created_at: createdAt };
      await database
        .insertInto('users')
        .values({ ...fixed, ...columns(user) })
        .execute();
    },

    async update(user: User): Promise<void> {
      await database.updateTable('users').set(columns(user)).where('id', '=', user.id).execute();
    },

    async find(id: string): Promise<User | undefined> {
      const row = await database.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      return row && open(row);
    },

    /** A login is unique on the whole server, because logging in names no organisation. */
    async findByLogin(login: string): Promise<User | undefined> {
      const row = await database
        .selectFrom('users')
        .selectAll()
        .where('login_key', '=', loginKey(login))
        .executeTakeFirst();
      return row && open(row);
    },

    /** The administrators of an organisation who have not been deleted, oldest first. */
    async administrators(organisationId: string): Promise<User[]> {
      const users = database.selectFrom('users').selectAll().where('organisation_id', '=', organisationId);
      const administrators = users.where('role', '=', 'administrator').where('is_deleted', '=', 0);
      return (await administrators.orderBy('created_at').orderBy('id').execute()).map(open);
    },

    /** The users with some ids, deleted ones included: what they made still names them. */
    async findMany(ids: readonly string[]): Promise<Map<string, User>> {
      if (ids.length === 0) return new Map();
      const rows = await database
        .selectFrom('users')
        .selectAll()
        .where('id', 'in', [...new Set(ids)])
        .execute();
      return new Map(rows.map((row) => [row.id, open(row)]));
    },
  };
}
