/** The server seen from here: everything that the floors above use of this room. */
export * from './accountkeys.ts';
export { apiPath, isLoopbackHost, parseServerAddress, type ServerAddress } from './address.ts';
export { readFeatures, readSettings, type StatedSettings } from './appinfo.ts';
export * from './administering/index.ts';
export * from './attaching.ts';
export * from './attachmentparts.ts';
export * from './attachments.ts';
export { eraseFromBin, listBin, restoreFromBin, type RemoteBinEntry, type Restored } from './bin.ts';
export type { ServerTrust } from './certificate.ts';
export * from './changes.ts';
export { RemoteClient, type RemoteClientParts } from './client.ts';
export { Connection, type Answer, type ConnectionLimits, type ConnectionOptions } from './connection.ts';
export { createFolder, deleteFolder, moveFolder, renameFolder, type NewFolder } from './folderwrites.ts';
export { inspectServer, type InspectOptions, type ServerFacts } from './inspect.ts';
export {
  batchItems,
  batchLimit,
  listInbox,
  readInboxItem,
  viewInboxItem,
  listItems,
  listShortcuts,
  type Listing,
  type PageWish,
  type RemoteInboxItem,
  type RemoteItem,
  type RemoteItemRow,
  type RemoteShortcut,
} from './items.ts';
export {
  changeItem,
  createItem,
  deleteItem,
  readItem,
  setFavorite,
  type ItemChange,
  type NewItem,
  type SentFields,
  type SentPlace,
} from './itemwrites.ts';
export { HashGate } from './masterkeyproof.ts';
export { mostReads, sendOfflineReads, type RemoteOfflinePolicy, type SentRead } from './offline.ts';
export { partsFeature, partsOffer, type PartsOffer } from './partsoffer.ts';
export { passwordPolicies, policyBounds, type StatedPasswordPolicies } from './passwordpolicies.ts';
export { checkSession, confirmTwoFactor, readUserInfo, signIn, signOut, type UserInfo } from './signin.ts';
export { LeakLookup } from './ranges.ts';
export { listSnapshots, snapshotFeature, type RemoteSnapshot } from './snapshots.ts';
export { ownTurn } from './turns.ts';
export { TokenKeeper, type TokenKeeperOptions, type Tokens } from './tokens.ts';
export * from './users.ts';
export {
  listFolders,
  readFolder,
  listVaults,
  listVaultTypes,
  type RemoteFolder,
  type RemoteVault,
  type RemoteVaultType,
} from './vaults.ts';
export type { Sending, Written } from './writing.ts';
