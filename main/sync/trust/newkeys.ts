/**
 * A key pair for somebody who has none, made on their own device (Passwork 7 protocol, "Auth flow").
 *
 * Nothing that comes out of the master password may leave before it is certain that it opens again
 * what the server will keep: a pair that cannot be opened would take with it all that is ever
 * wrapped for it. The salt is drawn here. A server's options count only where they ask for more.
 */
import {
  deriveMasterKey,
  formatMasterKeyOptions,
  generateKeyPair,
  masterKeyHash,
  newMasterKeyOptions,
  openPrivateKey,
  publicPemOf,
  samePublicKey,
  sealPrivateKey,
  wipe,
} from '../../keychain/index.ts';
import type { MasterKey, PrivateKey } from '../../keychain/index.ts';
import type { SealedOwnKeys } from '../../remote/index.ts';
import { fromKeychain } from './chainfailure.ts';

/** A pair under its master password, and what the server is told of it. */
export interface KeysUnderPassword {
  /** The caller wipes it. */
  readonly masterKey: MasterKey;
  readonly privateKey: PrivateKey;
  readonly sealed: SealedOwnKeys;
}

/**
 * Makes a pair of RSA-2048 and seals it under a new master password (UTF-8, the caller wipes it).
 * `iterations`: what the server asks for; fewer than the floor are not used.
 * @throws StrongroomError `kdfRefused`, `ownKeyMismatch`.
 */
export async function makeKeys(masterPassword: Uint8Array, iterations?: number): Promise<KeysUnderPassword> {
  const { privatePem } = await generateKeyPair();
  try {
    return await sealUnder(masterPassword, privatePem, iterations);
  } finally {
    wipe(privatePem);
  }
}

/**
 * Seals a private key that there is already under another master password, with a salt of its own.
 * The pair stays, so everything that was wrapped for it does as well.
 * @throws StrongroomError `kdfRefused`, `ownKeyMismatch`.
 */
export async function sealAnew(
  masterPassword: Uint8Array,
  privateKey: PrivateKey,
  iterations: number,
): Promise<KeysUnderPassword> {
  const pem = Buffer.from(privateKey.key.export({ type: 'pkcs8', format: 'pem' }));
  try {
    return await sealUnder(masterPassword, pem, iterations);
  } finally {
    wipe(pem);
  }
}

async function sealUnder(
  masterPassword: Uint8Array,
  privatePem: Buffer,
  iterations: number | undefined,
): Promise<KeysUnderPassword> {
  try {
    const options = newMasterKeyOptions(undefined, iterations);
    const masterKey = await deriveMasterKey(masterPassword, options);
    try {
      const privateEncrypted = sealPrivateKey(privatePem, masterKey);
      const privateKey = openPrivateKey(privateEncrypted, masterKey);
      return {
        masterKey,
        privateKey,
        sealed: {
          masterKeyHash: masterKeyHash(masterKey),
          masterKeyOptions: formatMasterKeyOptions(options),
          publicPem: publicPemOf(privateKey),
          privateEncrypted,
        },
      };
    } catch (failure) {
      wipe(masterKey);
      throw failure;
    }
  } catch (failure) {
    throw fromKeychain(failure);
  }
}

/** Whether the server keeps exactly what it was sent. */
export function isKept(
  kept: { readonly publicPem: string; readonly privateEncrypted: string } | null,
  sent: SealedOwnKeys,
): boolean {
  if (kept === null || kept.privateEncrypted !== sent.privateEncrypted) return false;
  return isPublicHalf(kept.publicPem, sent.publicPem);
}

/** Whether a server's statement of a public key is this one; a key that cannot be read is another. */
export function isPublicHalf(stated: string, own: string): boolean {
  try {
    return samePublicKey(stated, own);
  } catch {
    // Which fault the key has is the server's affair: it belongs to no private key.
    return false;
  }
}
