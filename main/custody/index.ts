/** What other floors see of the custody of secrets on this device. */
export { DeviceKey, type SubkeyPurpose } from './devicekey.ts';
export { asDiskFault } from './diskfault.ts';
export {
  calibrateCost,
  createPasswordSlot,
  keySlot,
  openPasswordSlot,
  type KeySlot,
  type SlotCost,
} from './keyslot.ts';
export { LockedBytes } from './lockedbytes.ts';
export { LockRules, type LockRulesOptions, type LockSettings, type Schedule } from './lockrules.ts';
export type { NewProfile, Profile, ProfileChange, ProfileSummary } from './profile.ts';
export { ProfileStore } from './profilestore.ts';
export { openSealedFile, readSealedFile, sealToFile } from './sealedfile.ts';
export { openValue, sealValue } from './sealedvalue.ts';
export { SettingsStore, type SettingsChange } from './settingsstore.ts';
