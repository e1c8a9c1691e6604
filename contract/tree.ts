/** The tree at the left: vaults, folders, and the gathered lists. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/**
 * How far a vault can be trusted and used. `unverified`: its key came from the server and
 * nothing has been written with it yet. `keyChanged`: the server served another key than the
 * pinned one; read-only until a person decides. `keyMissing`: no key for this user (yet).
 */
export const vaultTrust = z.enum(['verified', 'unverified', 'keyChanged', 'keyMissing']);
export type VaultTrust = z.infer<typeof vaultTrust>;

export const vaultNode = z.strictObject({
  id: idText,
  name: z.string(),
  kind: z.enum(['corporate', 'personal']),
  recordCount: z.number().int(),
  folderCount: z.number().int(),
  trust: vaultTrust,
  /** May records be written here, as far as the server's rights and the trust go. */
  writable: z.boolean(),
  /** Put out of sight by the user: shown only where hidden vaults are asked for. */
  hidden: z.boolean(),
  can: z.strictObject({
    addRecords: z.boolean(),
    editFolders: z.boolean(),
    export: z.boolean(),
    /** See who may enter, and change it. */
    seeAccess: z.boolean(),
    manageAccess: z.boolean(),
    /** The vault itself, to the bin. */
    remove: z.boolean(),
    leave: z.boolean(),
  }),
});
export type VaultNode = z.infer<typeof vaultNode>;

export const folderNode = z.strictObject({
  id: idText,
  parentId: z.nullable(idText),
  name: z.string(),
  /** Records in this folder and in every folder below it. */
  recordCount: z.number().int(),
  childCount: z.number().int(),
  /** Made, renamed or moved here, and the server does not have it yet. */
  pending: z.boolean(),
});
export type FolderNode = z.infer<typeof folderNode>;

export const treeOverview = z.strictObject({
  vaults: z.array(vaultNode),
  totalCount: z.number().int(),
  favouriteCount: z.number().int(),
  recentCount: z.number().int(),
  inboxCount: z.number().int(),
  inboxUnread: z.number().int(),
  shortcutCount: z.number().int(),
  binCount: z.number().int(),
  conflictCount: z.number().int(),
});
export type TreeOverview = z.infer<typeof treeOverview>;

export const tree = {
  overview: channel(nothing, treeOverview),
  /** All folders of one vault, parents before children, each level by name. */
  folders: channel(z.strictObject({ vaultId: idText }), z.strictObject({ folders: z.array(folderNode) })),
};
