/** Roles in the organisation: what each lets people administer. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

export const role = z.strictObject({
  id: idText,
  /** `administrator` and `user` are built in; every other code is the organisation's own. */
  code: z.string(),
  name: z.string(),
  /** Whoever is given no role has this one. */
  isDefault: z.boolean(),
  permissions: z.array(z.string()),
});
export type Role = z.infer<typeof role>;

const content = {
  name: z.string().trim().min(1).max(255),
  permissions: z.array(z.string().max(64)).max(100),
};

export const roles = {
  /** Every role, and every permission that this server knows. */
  list: channel(nothing, z.strictObject({ roles: z.array(role), permissions: z.array(z.string()) })),
  create: channel(z.strictObject(content), z.strictObject({ roleId: idText })),
  change: channel(z.strictObject({ roleId: idText, ...content }), nothing),
  /** Fails as `stillInUse` while somebody has the role. */
  remove: channel(z.strictObject({ roleId: idText }), nothing),
};
