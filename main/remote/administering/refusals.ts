/**
 * Refusals of administration that a person can do something about, by the codes of the server's
 * error form. Everything else means what it means everywhere (`refusal.ts`).
 */
import type { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import type { Answer, ExchangeRequest } from '../connection.ts';

/** What codes of the server's error form mean to a person. */
export type Meanings = Readonly<Record<string, ErrorCode>>;

/** Throws what a code of a refusing answer means; any other answer passes. */
export function refuseByMeaning(answer: Answer, meanings: Meanings): void {
  if (answer.status < 400) return;
  const known = answer.errorCodes.find((code) => Object.hasOwn(meanings, code));
  const meaning = known === undefined ? undefined : meanings[known];
  if (meaning !== undefined) throw new StrongroomError(meaning);
}

const administration: Meanings = {
  loginTaken: 'loginTaken',
  inUse: 'stillInUse',
  yourself: 'notYourself',
  masterPasswordUnset: 'masterPasswordUnset',
  lastAdministrator: 'lastAdministrator',
  accessThroughOthers: 'accessThroughOthers',
  administratorKeyMissing: 'administratorsChanged',
  publicKeyChanged: 'recipientKeyChanged',
  notEntitled: 'notEntitled',
  rekeyingUnderWay: 'rekeyingUnderWay',
  rekeyingIncomplete: 'rekeyingIncomplete',
  memberMissing: 'membersChanged',
  encryptionChangeUnderWay: 'encryptionChangeUnderWay',
};

/**
 * Sends a request of administration and reads its answer.
 * @throws StrongroomError `loginTaken`, `stillInUse`, `notYourself`, `masterPasswordUnset`,
 * `lastAdministrator`, `accessThroughOthers`, `administratorsChanged`, `recipientKeyChanged`,
 * `notEntitled`, `rekeyingUnderWay`, `rekeyingIncomplete`, `membersChanged`,
 * `encryptionChangeUnderWay`, and as
 * `RemoteClient.call`.
 */
export async function administer<S extends z.ZodType>(
  client: RemoteClient,
  shape: S,
  request: ExchangeRequest,
): Promise<z.output<S>> {
  const answer = await client.send(request);
  refuseByMeaning(answer, administration);
  return client.read(shape, answer);
}
