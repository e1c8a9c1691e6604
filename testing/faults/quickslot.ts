/**
 * For the killed processes only, in the place of the product's key slots: the secret is the
 * device key itself. Stretching a password for a quarter of a second before every kill would
 * leave no time for the kills.
 */
import { DeviceKey } from '../../main/custody/devicekey.ts';
import type { KeySlot } from '../../main/custody/keyslot.ts';

export * from '../../main/custody/keyslot.ts';

/** As the product's, but `secret` is the device key. */
export async function openPasswordSlot(_slot: KeySlot, secret: Uint8Array): Promise<DeviceKey> {
  return DeviceKey.adopt(Buffer.from(secret));
}
