/** The person's account password, at the first sign-in and when the tokens of a session have ended. */
import { StrongroomError } from '../../../contract/errors.ts';
import { Connection, inspectServer, parseServerAddress, signIn } from '../../remote/index.ts';
import type { ServerTrust } from '../../remote/index.ts';
import type { OpenAccount } from './openaccount.ts';

export interface SignInInput {
  readonly address: string;
  readonly acceptedFingerprint: string | null;
  readonly login: string;
  readonly password: Uint8Array;
}

/**
 * A certificate that the system does not trust is used only with exactly the accepted fingerprint.
 * Throws `certificateUntrusted`, `certificateChanged`, `badAddress`, `unreachable`.
 */
export async function trustFor(
  input: Pick<SignInInput, 'address' | 'acceptedFingerprint'>,
): Promise<ServerTrust> {
  const { certificate, certificatePem, host } = await inspectServer(parseServerAddress(input.address));
  if (certificate === null || certificatePem === null || certificate.trusted) return { kind: 'system' };
  if (input.acceptedFingerprint === null) throw new StrongroomError('certificateUntrusted', { host });
  if (input.acceptedFingerprint !== certificate.fingerprint)
    throw new StrongroomError('certificateChanged', { host });
  return { kind: 'pinned', fingerprint: certificate.fingerprint, certificatePem };
}

/** Gives an open account new tokens. The password's bytes stay the caller's. Throws as a sign-in does. */
export async function signInAgain(
  account: OpenAccount,
  password: Uint8Array,
  code: string | null,
): Promise<void> {
  const { server, account: person } = account.profile;
  const connection = new Connection({ address: parseServerAddress(server.origin), trust: server.trust });
  try {
    await account.renewTokens(await signIn(connection, person.login, password));
  } finally {
    await connection.close();
  }
  if (code !== null && code !== '') await account.confirmTwoFactor(code);
  account.synchroniser.schedule.wanted();
}
