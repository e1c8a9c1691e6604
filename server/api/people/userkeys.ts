/**
 * The key material that a new account brings: hash of the master key, the options it was
 * derived with, and the RSA pair whose private half only its owner can open.
 */
import { z } from 'zod';
import type { Caller } from '../../access/rights.ts';
import { acceptableMasterKeyOptions } from '../../identity/masterkey.ts';
import type { Repositories } from '../../storage/storage.ts';
import { invalid } from '../errors.ts';
import { looksLikeKeyEnvelope } from '../schemas.ts';

/** Members of a body that creates an account; all or none of them are there. */
export const userKeysBody = {
  masterKeyHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'Must be a SHA-256 in lower-case hexadecimal.')
    .nullish(),
  masterKeyOptions: z.string().max(200).nullish(),
  keys: z.object({ public: z.string().max(10_000), privateEncrypted: z.string().max(100_000) }).nullish(),
};

const publicKeyForm =
  /^-----BEGIN (?:RSA )?PUBLIC KEY-----\s[\sA-Za-z0-9+/=]+-----END (?:RSA )?PUBLIC KEY-----\s*$/;

/**
 * Whether the caller's keys count: with client-side encryption, and while it is being turned on, so
 * that everybody can make theirs beforehand.
 */
export async function keysCount(
  storage: Pick<Repositories, 'encryptionChanges'>,
  { organisationId, clientSideEncryption }: Pick<Caller, 'organisationId' | 'clientSideEncryption'>,
): Promise<boolean> {
  if (clientSideEncryption) return true;
  return (await storage.encryptionChanges.underWay(organisationId))?.direction === 'on';
}

type Sent = z.output<z.ZodObject<typeof userKeysBody>>;

/**
 * Checked key material; null in an organisation without client-side encryption, and for somebody who
 * sets their master password later, on their own device.
 */
export function newUserKeys(clientSideEncryption: boolean, sent: Sent) {
  const { masterKeyHash, masterKeyOptions, keys } = sent;
  if (!clientSideEncryption) {
    if (keys || masterKeyHash) {
      throw invalid('clientSideEncryptionOff', 'keys', 'This organisation has no client-side encryption.');
    }
    return null;
  }
  if (!masterKeyHash && !masterKeyOptions && !keys) return null;
  if (!masterKeyHash || !masterKeyOptions || !keys) {
    throw invalid(
      'keysRequired',
      'keys',
      'Client-side encryption needs masterKeyHash, masterKeyOptions and keys.',
    );
  }
  if (!acceptableMasterKeyOptions(masterKeyOptions)) {
    throw invalid('masterKeyOptionsRefused', 'masterKeyOptions', 'The options are malformed or too weak.');
  }
  if (!publicKeyForm.test(keys.public)) {
    throw invalid('publicKeyMalformed', 'keys.public', 'Must be a public key in PEM.');
  }
  if (!looksLikeKeyEnvelope(keys.privateEncrypted)) {
    throw invalid('notEncrypted', 'keys.privateEncrypted', 'Must be a client-side ciphertext.');
  }
  return { masterKeyHash, masterKeyOptions, keys };
}
