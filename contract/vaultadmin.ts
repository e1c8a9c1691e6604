/**
 * Vaults themselves, and who may enter them. All of it asks the server and fails as `unreachable`
 * without it; what the mirror shows of a change comes with the sync that each of them starts.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { fingerprintText } from './keytrust.ts';

/** Levels of access, the lowest first. `forbidden` shuts out also whom a group lets in. */
export const vaultAccessLevels = ['forbidden', 'read', 'write', 'full', 'admin'] as const;
export const vaultAccessLevel = z.enum(vaultAccessLevels);
export type VaultAccessLevel = z.infer<typeof vaultAccessLevel>;

/** What an entry can be set to; `notSet` takes the entry away. */
const wantedLevel = z.enum([...vaultAccessLevels, 'notSet']);

/** Longest name and description that a server takes. */
export const vaultNameLimit = 1000;
export const vaultDescriptionLimit = 100_000;

const nameText = z.string().max(vaultNameLimit);
const descriptionText = z.string().max(vaultDescriptionLimit);
const ofVault = z.strictObject({ vaultId: idText });

/** Somebody for whom the vault key is wrapped, and the fingerprint of the key that was shown for it. */
const recipientWish = z.strictObject({ userId: idText, fingerprint: fingerprintText });

const namedPerson = z.strictObject({ userId: idText, name: z.string(), login: z.string() });
export type NamedPerson = z.infer<typeof namedPerson>;

const settings = z.strictObject({ areLinksAllowed: z.boolean(), isSendingAllowed: z.boolean() });

export const creatableType = z.strictObject({
  id: idText,
  /** Built-in types have names of their own in each language; `custom` shows `name`. */
  code: z.string(),
  name: z.string(),
  mayCreate: z.boolean(),
});
export type CreatableType = z.infer<typeof creatableType>;

export const vaultFacts = z.strictObject({
  id: idText,
  name: z.string(),
  description: z.string(),
  typeId: z.nullable(idText),
  /** Somebody else can enter it, or it belongs to the organisation. */
  isShared: z.boolean(),
  isVisible: z.boolean(),
  settings,
});
export type VaultFacts = z.infer<typeof vaultFacts>;

export const deletedVault = z.strictObject({
  id: idText,
  name: z.string(),
  deletedAt: z.nullable(instant),
  deletedBy: z.nullable(z.string()),
});
export type DeletedVault = z.infer<typeof deletedVault>;

/** A vault, or a folder in it. */
const place = z.strictObject({ vaultId: idText, folderId: z.nullable(idText) });
export type AccessPlace = z.infer<typeof place>;

/**
 * Why somebody may enter: through an entry of their own, through groups, or because they administer
 * every vault of the type. `where`: the entry is on this very place, on the vault above, on a folder
 * above.
 */
export const accessSource = z.strictObject({
  kind: z.enum(['person', 'group', 'type', 'none']),
  where: z.enum(['here', 'vault', 'folder']),
  folderName: z.string(),
  groups: z.array(z.string()),
});
export type AccessSource = z.infer<typeof accessSource>;

export const personAccess = z.strictObject({
  ...namedPerson.shape,
  isMe: z.boolean(),
  access: vaultAccessLevel,
  source: accessSource,
  /** False: let in, and waiting for the vault key. */
  hasKey: z.boolean(),
  /** The level of the person's own entry on this very place, if there is one. */
  own: z.nullable(vaultAccessLevel),
});
export type PersonAccess = z.infer<typeof personAccess>;

/** `memberCount` is null where the server does not tell. */
export const groupAccess = z.strictObject({
  groupId: idText,
  name: z.string(),
  memberCount: z.nullable(z.number().int()),
  access: vaultAccessLevel,
  source: z.strictObject({ where: accessSource.shape.where, folderName: z.string() }),
  own: z.nullable(vaultAccessLevel),
});
export type GroupAccess = z.infer<typeof groupAccess>;

const page = { offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(100) };

export const vaultAdmin = {
  types: channel(nothing, z.strictObject({ types: z.array(creatableType) })),
  /** Others who are given the key of every new vault of a type. */
  administrators: channel(
    z.strictObject({ typeId: idText }),
    z.strictObject({ people: z.array(namedPerson) }),
  ),
  /**
   * Makes a vault, with its key wrapped for oneself and for `recipients`.
   * @throws `recipientKeyChanged`, `weakRecipientKey`, `recipientKeyMissing`, `ownKeyMismatch`: then
   * nothing was made; `administratorsChanged` if the type has an administrator who is not named.
   */
  create: channel(
    z.strictObject({
      name: nameText,
      description: descriptionText,
      typeId: idText,
      recipients: z.array(recipientWish).max(1000),
    }),
    z.strictObject({ vaultId: idText }),
    { maxSize: 400_000 },
  ),
  facts: channel(ofVault, vaultFacts),
  describe: channel(
    z.strictObject({ vaultId: idText, name: nameText, description: descriptionText }),
    nothing,
    { maxSize: 256_000 },
  ),
  setSettings: channel(z.strictObject({ vaultId: idText, settings }), nothing),
  /** Another type; its administrators who have no key yet are named in `recipients`. */
  setType: channel(
    z.strictObject({ vaultId: idText, typeId: idText, recipients: z.array(recipientWish).max(1000) }),
    nothing,
    { maxSize: 200_000 },
  ),
  /** Puts a vault out of or into the own sight; nothing else changes. */
  setVisible: channel(z.strictObject({ vaultId: idText, isVisible: z.boolean() }), nothing),
  /** Gives up the own access. @throws `lastAdministrator`, `accessThroughOthers` */
  leave: channel(ofVault, nothing),
  /** To the bin of vaults, with everything in it. */
  remove: channel(ofVault, nothing),
  deleted: channel(nothing, z.strictObject({ vaults: z.array(deletedVault) })),
  restore: channel(ofVault, nothing),
  /** For good. */
  erase: channel(ofVault, nothing),

  /** A page of everybody who may enter a place, by login. */
  people: channel(
    z.strictObject({ ...place.shape, ...page }),
    z.strictObject({ people: z.array(personAccess), total: z.number().int() }),
  ),
  /** The groups named on a place and above it; null for who may not see the whole vault's access. */
  groups: channel(place, z.strictObject({ groups: z.nullable(z.array(groupAccess)) })),
  /** One person's access to a place, also where nothing lets them in. */
  person: channel(z.strictObject({ ...place.shape, userId: idText }), personAccess),
  /**
   * Sets what a person may do in a place. `fingerprint` is the one of the key that was shown, for
   * who has no vault key yet; null where nothing is to be wrapped.
   * @throws `recipientKeyChanged`, `weakRecipientKey`, `recipientKeyMissing`: no key has left then;
   * `lastAdministrator`, `forbidden`, `vaultKeyChanged`, `vaultKeyMissing`
   */
  setPerson: channel(
    z.strictObject({
      ...place.shape,
      userId: idText,
      access: wantedLevel,
      fingerprint: z.nullable(fingerprintText),
    }),
    nothing,
  ),
  /** Wraps nothing: each member without the key becomes an access request. */
  setGroup: channel(z.strictObject({ ...place.shape, groupId: idText, access: wantedLevel }), nothing),
};
