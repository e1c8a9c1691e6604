/**
 * The key slots of a profile. There is one under a master password, and two while a change of it is
 * under way: whatever cuts the change, one of the two passwords opens this copy, and it may be either.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { openPasswordSlot } from '../../custody/index.ts';
import type { DeviceKey, KeySlot, Profile, ProfileStore } from '../../custody/index.ts';

/**
 * Unwraps the device key with whichever slot the secret opens. The caller disposes of it.
 * @throws StrongroomError `wrongMasterPassword`, `profileDamaged`.
 */
export async function openAnySlot({ slots }: Pick<Profile, 'slots'>, secret: Uint8Array): Promise<DeviceKey> {
  let refused = new StrongroomError('profileDamaged');
  for (const slot of slots) {
    try {
      return await openPasswordSlot(slot, secret);
    } catch (failure) {
      if (!(failure instanceof StrongroomError)) throw failure;
      refused = failure;
    }
  }
  throw refused;
}

const isSame = (one: KeySlot, other: KeySlot): boolean => one.wrapped === other.wrapped;

/** Puts a slot beside the others; nothing changes if it is there. */
export function addSlot(profiles: ProfileStore, profileId: string, slot: KeySlot): void {
  const { slots } = profiles.read(profileId);
  if (!slots.some((one) => isSame(one, slot))) profiles.update(profileId, { slots: [...slots, slot] });
}

/** Leaves one slot alone in force. */
export function keepOnlySlot(profiles: ProfileStore, profileId: string, slot: KeySlot): void {
  const { slots } = profiles.read(profileId);
  const stands = slots.length === 1 && slots.every((one) => isSame(one, slot));
  if (!stands) profiles.update(profileId, { slots: [slot] });
}

/** Takes one slot away; never the last one. */
export function removeSlot(profiles: ProfileStore, profileId: string, slot: KeySlot): void {
  const { slots } = profiles.read(profileId);
  const rest = slots.filter((one) => !isSame(one, slot));
  if (rest.length > 0 && rest.length < slots.length) profiles.update(profileId, { slots: rest });
}
