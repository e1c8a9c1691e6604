/**
 * An invitation, as whoever got its code uses it: nobody is signed in yet (API description,
 * "People"). The account is made with login and log-in password alone; the master password and the
 * key pair come right after, with the first log-in, as for anybody who has none.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { Answer, Connection } from '../connection.ts';
import { refusalOf } from '../refusal.ts';
import { withSecretBody } from '../secretbody.ts';
import { flag, readShape, serverId, shortText } from '../shapes.ts';

const invitation = z.object({
  organisation: z.object({ id: serverId, name: shortText }),
  email: shortText,
  fullName: shortText,
  isClientSideEncryptionEnabled: flag,
});
export type RemoteInvitation = z.output<typeof invitation>;

/** What an invitation is to. @throws StrongroomError `inviteInvalid`, `notOffered`, network codes. */
export async function openInvitation(connection: Connection, code: string): Promise<RemoteInvitation> {
  const request = { method: 'POST', path: '/user-invites/open', body: { code } } as const;
  return read(invitation, await connection.exchange(request));
}

export interface InvitedAccount {
  readonly code: string;
  readonly login: string;
  readonly fullName: string;
}

const made = z.object({ id: serverId });

/**
 * Makes the account. `password` is its log-in password (UTF-8, the caller's to wipe).
 * @throws StrongroomError `inviteInvalid`, `loginTaken`, `forbidden` if whoever invited may not any
 * more, network codes.
 */
export async function acceptInvitation(
  connection: Connection,
  account: InvitedAccount,
  password: Uint8Array,
): Promise<void> {
  await withSecretBody({ ...account }, { password }, async (body) => {
    read(made, await connection.exchange({ method: 'POST', path: '/user-invites/accept', body }));
  });
}

function read<S extends z.ZodType>(shape: S, answer: Answer): z.output<S> {
  if (answer.status < 300) return readShape(shape, answer.json);
  if (answer.errorCodes.includes('inviteInvalid')) throw new StrongroomError('inviteInvalid');
  if (answer.errorCodes.includes('loginTaken')) throw new StrongroomError('loginTaken');
  if (answer.status === 404) throw new StrongroomError('notOffered');
  throw refusalOf(answer);
}
