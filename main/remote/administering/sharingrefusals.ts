/** Refusals of sharing that a person can do something about, by the codes of the server's error form. */
import type { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import type { ExchangeRequest } from '../connection.ts';
import { refuseByMeaning, type Meanings } from './refusals.ts';

const sharing: Meanings = {
  publicKeyChanged: 'recipientKeyChanged',
  forbiddenBySettings: 'sharingForbidden',
};

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
  refuseByMeaning(answer, sharing);
  return client.read(shape, answer);
}
