/** Refusals of sharing that a person can do something about, by the codes of the server's error form. */
import type { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { RemoteClient } from '../client.ts';
import type { ExchangeRequest } from '../connection.ts';

/**
 * Sends a request of sharing and reads its answer.
 * @throws StrongroomError `recipientKeyChanged` when the server knows another key of the receiver,
 * `sharingForbidden` when the settings of the vault rule it out, and as `RemoteClient.call`.
 */
export async function share<S extends z.ZodType>(
  client: RemoteClient,
  shape: S,
  request: ExchangeRequest,
): Promise<z.output<S>> {
  const answer = await client.send(request);
  if (answer.errorCodes.includes('publicKeyChanged')) throw new StrongroomError('recipientKeyChanged');
  if (answer.errorCodes.includes('forbiddenBySettings')) throw new StrongroomError('sharingForbidden');
  return client.read(shape, answer);
}
