/**
 * The key chain: every cryptographic format of the Passwork 7 protocol, pure. No file, no network,
 * no clock, no state: what goes in comes back changed, and secrets are Buffers that their owner
 * wipes. Other rooms import from here only.
 */
export * from './attachment.ts';
export * from './attachmentparts.ts';
export { decodeBase32xStrict, decodeBase32xTolerant, encodeBase32x } from './base32x.ts';
export { deriveFileKey } from './derivedfilekey.ts';
export { decodeBase64Strict, encodeBase64 } from './base64.ts';
export {
  envelopeSalt,
  evpBytesToKey,
  isEnvelope,
  openEnvelope,
  openEnvelopeText,
  sealEnvelope,
  type KeyMaterial,
} from './envelope.ts';
export { envelopeLength, openEnvelopePieces, sealEnvelopePieces } from './envelopestream.ts';
export { ifItOpens, KeychainError, type KeychainErrorCode, type KeychainErrorParams } from './error.ts';
export * from './keypair.ts';
export * from './keys.ts';
export * from './link.ts';
export * from './masterkey.ts';
export * from './plainfield.ts';
export * from './record.ts';
export * from './roster.ts';
export { rosterLimits, type Roster, type RosterPerson } from './rostertext.ts';
export { rawPrivateOperationByForge, unwrapKey, wrapKey, type WrapOptions } from './rsa.ts';
export { wipe } from './secrets.ts';
export * from './sessionfile.ts';
export * from './totp.ts';
