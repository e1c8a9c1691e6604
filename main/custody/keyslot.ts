/**
 * Key slots: the device key wrapped under something a person has or knows.
 *
 * The password slot: Argon2id (RFC 9106, version 1.3) of the master password, or of the
 * device passphrase where the account has no client-side encryption, gives the key of an
 * XChaCha20-Poly1305 wrap. The slot's parameters are its associated data, so that a changed
 * parameter cannot be told from a wrong password and gains nothing.
 */
import sodium from 'sodium-native';
import { z } from 'zod';
import { StrongroomError } from '../../contract/errors.ts';
import { DeviceKey, deviceKeyBytes } from './devicekey.ts';
import { LockedBytes } from './lockedbytes.ts';

const mebibyte = 1024 * 1024;

/** What one attempt at a password costs. */
export interface SlotCost {
  /** Argon2 passes. */
  readonly passes: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/** Nothing below is written, and nothing below is accepted: a weakened slot is a planted one. */
export const leastCost: SlotCost = { passes: 3, memory: 64 * mebibyte };

/** Nothing above is accepted: a planted slot must not be able to exhaust the machine. */
export const greatestCost: SlotCost = { passes: 24, memory: 1024 * mebibyte };

const base64Of = (bytes: number): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9+/]*={0,2}$/)
    .length(Math.ceil(bytes / 3) * 4);

const saltBytes = sodium.crypto_pwhash_SALTBYTES;
const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
const wrappedBytes = deviceKeyBytes + sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;

/** A slot as it stands in the profile; nothing of it is secret. */
export const keySlot = z.strictObject({
  kind: z.literal('password'),
  algorithm: z.literal('argon2id13'),
  passes: z.number().int().positive(),
  memory: z.number().int().positive(),
  salt: base64Of(saltBytes),
  nonce: base64Of(nonceBytes),
  wrapped: base64Of(wrappedBytes),
});
export type KeySlot = z.infer<typeof keySlot>;

/**
 * Wraps the device key under a secret that a person knows. Costs about 250 ms and 64 MiB or
 * more, away from the main thread; without a chosen cost, the one calibrated for this machine.
 * An empty secret throws.
 */
export async function createPasswordSlot(
  deviceKey: DeviceKey,
  secret: Uint8Array,
  chosenCost?: SlotCost,
): Promise<KeySlot> {
  const cost = chosenCost ?? (await calibratedCost());
  if (!isAcceptable(cost)) throw new RangeError('the cost of a key slot is out of bounds');
  const salt = Buffer.alloc(saltBytes);
  const nonce = Buffer.alloc(nonceBytes);
  sodium.randombytes_buf(salt);
  sodium.randombytes_buf(nonce);
  const parameters = {
    kind: 'password',
    algorithm: 'argon2id13',
    passes: cost.passes,
    memory: cost.memory,
    salt: salt.toString('base64'),
  } as const;
  using wrappingKey = await stretch(secret, salt, cost);
  const wrapped = Buffer.alloc(wrappedBytes);
  deviceKey.lend((bytes) =>
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
      wrapped,
      bytes,
      associatedData(parameters),
      null,
      nonce,
      wrappingKey.bytes,
    ),
  );
  return { ...parameters, nonce: nonce.toString('base64'), wrapped: wrapped.toString('base64') };
}

/**
 * Unwraps the device key. Throws `wrongMasterPassword` for a wrong secret and for a slot that
 * was altered, `profileDamaged` for a slot whose cost is out of bounds.
 */
export async function openPasswordSlot(slot: KeySlot, secret: Uint8Array): Promise<DeviceKey> {
  if (!isAcceptable(slot)) throw new StrongroomError('profileDamaged');
  using wrappingKey = await stretch(secret, Buffer.from(slot.salt, 'base64'), slot);
  using unwrapped = LockedBytes.allocate(deviceKeyBytes);
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      unwrapped.bytes,
      null,
      Buffer.from(slot.wrapped, 'base64'),
      associatedData(slot),
      Buffer.from(slot.nonce, 'base64'),
      wrappingKey.bytes,
    );
  } catch (error) {
    throw new StrongroomError('wrongMasterPassword', {}, { cause: error });
  }
  return DeviceKey.adopt(unwrapped.bytes);
}

/** About how long one attempt should take on this machine, in milliseconds. */
const wantedDuration = 250;
const calibratedCeiling = 512 * mebibyte;

/**
 * Finds the memory at which one attempt takes about 250 ms here, never below the floor. Takes
 * one attempt at the floor itself, so it is done once, before a slot is written.
 */
export async function calibrateCost(clock: () => number = () => performance.now()): Promise<SlotCost> {
  const salt = Buffer.alloc(saltBytes);
  sodium.randombytes_buf(salt);
  const begun = clock();
  const probe = await stretch(Buffer.from('calibration'), salt, leastCost);
  probe.dispose();
  return costFor(clock() - begun);
}

/** The cost for a machine that needs `floorDuration` milliseconds at the floor. */
export function costFor(floorDuration: number): SlotCost {
  const factor = wantedDuration / Math.max(floorDuration, 1);
  const steps = Math.floor((leastCost.memory * factor) / (16 * mebibyte));
  const memory = Math.min(Math.max(steps * 16 * mebibyte, leastCost.memory), calibratedCeiling);
  return { passes: leastCost.passes, memory };
}

let calibration: Promise<SlotCost> | null = null;

/** The calibrated cost of this machine, measured once in the life of the process. */
function calibratedCost(): Promise<SlotCost> {
  calibration ??= calibrateCost().catch((error: unknown) => {
    calibration = null;
    throw error;
  });
  return calibration;
}

function isAcceptable(cost: SlotCost): boolean {
  return (
    cost.passes >= leastCost.passes &&
    cost.passes <= greatestCost.passes &&
    cost.memory >= leastCost.memory &&
    cost.memory <= greatestCost.memory
  );
}

async function stretch(secret: Uint8Array, salt: Buffer, cost: SlotCost): Promise<LockedBytes> {
  if (secret.length === 0) throw new StrongroomError('wrongMasterPassword');
  const key = LockedBytes.allocate(32);
  try {
    await sodium.crypto_pwhash_async(
      key.bytes,
      secret,
      salt,
      cost.passes,
      cost.memory,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    );
    return key;
  } catch (error) {
    key.dispose();
    throw error;
  }
}

type SlotParameters = Pick<KeySlot, 'kind' | 'algorithm' | 'passes' | 'memory' | 'salt'>;

function associatedData(slot: SlotParameters): Buffer {
  const { kind, algorithm, passes, memory, salt } = slot;
  return Buffer.from(['strongroom key slot 1', kind, algorithm, passes, memory, salt].join('|'), 'utf8');
}
