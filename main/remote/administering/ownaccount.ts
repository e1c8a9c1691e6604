/**
 * What people change of their own account: log-in password, second factor, and the rules for a
 * master password (API description, "People").
 *
 * Passwords and the codes of a second factor are answered for: a wrong one is told as such, so that
 * the form can say which field it was.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import type { Answer } from '../connection.ts';
import { withSecretBody } from '../secretbody.ts';
import { flag } from '../shapes.ts';

const shortestAllowed = 12;
/** A server that demanded more would only lock people out. */
const longestDemanded = 128;

const complexity = z.object({
  minLength: z.number().catch(shortestAllowed),
  isDigitsRequired: flag,
  isUppercaseRequired: flag,
  isSpecialCharactersRequired: flag,
});
const settings = z.object({ masterPasswordComplexity: complexity.nullish().catch(null) });

/** What a server demands of master passwords; never fewer than 12 characters. */
export interface MasterPasswordRule {
  readonly minimumLength: number;
  readonly requiredSets: readonly ('upper' | 'digits' | 'symbols')[];
}

/** Asks what a new master password has to be like (`masterPasswordComplexity`). */
export async function readMasterPasswordRule(client: RemoteClient): Promise<MasterPasswordRule> {
  const stated = (await client.call(settings, { method: 'GET', path: '/app/settings' }))
    .masterPasswordComplexity;
  const wanted = Math.round(stated?.minLength ?? shortestAllowed);
  return {
    minimumLength: Math.min(Math.max(wanted, shortestAllowed), longestDemanded),
    requiredSets: [
      ...(stated?.isUppercaseRequired === true ? (['upper'] as const) : []),
      ...(stated?.isDigitsRequired === true ? (['digits'] as const) : []),
      ...(stated?.isSpecialCharactersRequired === true ? (['symbols'] as const) : []),
    ],
  };
}

/** Changes the log-in password (both UTF-8, the caller's to wipe). Throws `wrongCredentials`. */
export async function changeLogInPassword(
  client: RemoteClient,
  oldPassword: Uint8Array,
  newPassword: Uint8Array,
): Promise<void> {
  await withSecretBody({}, { oldPassword, newPassword }, async (body) => {
    const answer = await client.send({ method: 'POST', path: '/users/password', body });
    refuseWrongPassword(answer);
    client.read(z.unknown(), answer);
  });
}

const setup = z.object({ secret: z.string().min(16).max(256), uri: z.string().min(16).max(2048) });

/**
 * A new secret that is not in force yet, and the address that authenticator applications read.
 * @throws StrongroomError `wrongCredentials`, `changedMeanwhile` if one is in force.
 */
export async function setUpTwoFactor(
  client: RemoteClient,
  password: Uint8Array,
): Promise<z.output<typeof setup>> {
  return withSecretBody({}, { password }, async (body) => {
    const answer = await client.send({ method: 'POST', path: '/users/2fa/totp/setup', body });
    refuseWrongPassword(answer);
    refuseOtherState(answer);
    return client.read(setup, answer);
  });
}

const recovery = z.object({ recoveryCodes: z.array(z.string().min(6).max(64)).min(1).max(50) });

/**
 * Puts the second factor in force, or makes new recovery codes; answers the codes, which are told
 * this once. @throws StrongroomError `wrongTwoFactorCode`, `changedMeanwhile`.
 */
export async function takeRecoveryCodes(
  client: RemoteClient,
  deed: 'enable' | 'recovery-codes',
  code: string,
): Promise<string[]> {
  const answer = await sendCode(client, deed, code);
  return client.read(recovery, answer).recoveryCodes;
}

/** Switches the second factor off. @throws StrongroomError `wrongTwoFactorCode`, `changedMeanwhile`. */
export async function disableTwoFactor(client: RemoteClient, code: string): Promise<void> {
  client.read(z.unknown(), await sendCode(client, 'disable', code));
}

async function sendCode(client: RemoteClient, deed: string, code: string): Promise<Answer> {
  const answer = await client.send({ method: 'POST', path: `/users/2fa/totp/${deed}`, body: { code } });
  if (answer.errorCodes.includes('twoFactorCodeInvalid') || answer.status === 400) {
    throw new StrongroomError('wrongTwoFactorCode');
  }
  refuseOtherState(answer);
  return answer;
}

function refuseWrongPassword(answer: Answer): void {
  if (answer.errorCodes.includes('passwordInvalid')) throw new StrongroomError('wrongCredentials');
}

/** Somebody switched it on or off on another device. */
function refuseOtherState(answer: Answer): void {
  if (answer.errorCodes.some((code) => code === 'twoFactorOn' || code === 'twoFactorOff')) {
    throw new StrongroomError('changedMeanwhile');
  }
}
