/** Types of vaults: who may make vaults of a type, with which access, and who administers them all. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

export const typeCreations = ['everyone', 'administrators', 'nobody'] as const;
export const typeCreatorLevels = ['write', 'full', 'admin'] as const;

export const vaultType = z.strictObject({
  id: idText,
  /** `company` and `privateShared` are built in; every other code is the organisation's own. */
  code: z.string(),
  name: z.string(),
  /** Who may make a vault of the type. */
  creation: z.enum(typeCreations),
  /** What whoever makes a vault may do in it. */
  creatorAccess: z.enum(typeCreatorLevels),
});
export type VaultType = z.infer<typeof vaultType>;

export const typeAdministrator = z.strictObject({ id: idText, name: z.string(), hasKeys: z.boolean() });
export type TypeAdministrator = z.infer<typeof typeAdministrator>;

const content = {
  name: z.string().trim().min(1).max(255),
  creation: z.enum(typeCreations),
  creatorAccess: z.enum(typeCreatorLevels),
  /** Null for built-in types, whose administrators are not chosen. */
  administratorIds: z.nullable(z.array(idText).max(100)),
};

export const vaultTypes = {
  list: channel(nothing, z.strictObject({ types: z.array(vaultType) })),
  administrators: channel(
    z.strictObject({ typeId: idText }),
    z.strictObject({ people: z.array(typeAdministrator) }),
  ),
  create: channel(z.strictObject(content), z.strictObject({ typeId: idText }), { maxSize: 16_384 }),
  change: channel(z.strictObject({ typeId: idText, ...content }), nothing, { maxSize: 16_384 }),
  /** Fails as `stillInUse` while there are vaults of the type. */
  remove: channel(z.strictObject({ typeId: idText }), nothing),
};
