/** Invitations: who may make an account, as what, and until when. The code is kept as a keyed hash. */
import type { Kysely, Selectable } from 'kysely';
import type { Seal } from '../sealing/cipher.ts';
import type { InviteTable } from './administrationtables.ts';
import type { Tables } from './tables.ts';

interface InviteContent {
  email: string;
  fullName: string;
  /** The role's id, built-in or the organisation's own. */
  userRoleId: string;
  userGroupIds: string[];
}

/** Times are Unix seconds. */
export interface Invite extends InviteContent {
  id: string;
  organisationId: string;
  creatorId: string;
  createdAt: number;
  expiresAt: number;
}

/** The repository of invitations. */
export function inviteStore(database: Kysely<Tables>, seal: Seal) {
  const codeKey = (code: string) => seal.fingerprint('invitation', code);
  const open = (row: Selectable<InviteTable>): Invite => ({
    ...{ id: row.id, organisationId: row.organisation_id, creatorId: row.creator_id },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at },
    ...seal.openJson<InviteContent>(row.content),
  });

  return {
    async insert(invite: Invite, code: string): Promise<void> {
      const { email, fullName, userRoleId, userGroupIds } = invite;
      const content = seal.sealJson({ email, fullName, userRoleId, userGroupIds } satisfies InviteContent);
      await database
        .insertInto('invites')
        .values({
          ...{ id: invite.id, organisation_id: invite.organisationId, creator_id: invite.creatorId },
          ...{ code_key: codeKey(code), expires_at: invite.expiresAt, created_at: invite.createdAt, content },
        })
        .execute();
    },

    async findByCode(code: string): Promise<Invite | undefined> {
      const invites = database.selectFrom('invites').selectAll();
      const row = await invites.where('code_key', '=', codeKey(code)).executeTakeFirst();
      return row && open(row);
    },

    async list(organisationId: string): Promise<Invite[]> {
      const invites = database.selectFrom('invites').selectAll();
      const own = invites.where('organisation_id', '=', organisationId);
      return (await own.orderBy('created_at').orderBy('id').execute()).map(open);
    },

    /** Removes an invitation; false when it was gone, so that of two who spend it one wins. */
    async remove(id: string): Promise<boolean> {
      const result = await database.deleteFrom('invites').where('id', '=', id).executeTakeFirst();
      return Number(result.numDeletedRows) === 1;
    },
  };
}
