/**
 * What the shown account may administer. Everything of administration needs the server: these
 * channels ask it, and fail as `unreachable` without it. What a server does not offer is not shown.
 */
import { z } from 'zod';
import { channel, nothing } from './channel.ts';

/** Sections of the administration screen, in their order. */
export const administrationParts = [
  'requests',
  'people',
  'roster',
  'groups',
  'roles',
  'vaultTypes',
  'directory',
  'activity',
  'organisation',
] as const;
export const administrationPart = z.enum(administrationParts);
export type AdministrationPart = (typeof administrationParts)[number];

export const administrationOverview = z.strictObject({
  /** What this server lets this person administer; empty for most people and for other servers. */
  parts: z.array(administrationPart),
  /** Codes of what the person's role allows, e.g. `users:manage`. */
  permissions: z.array(z.string()),
  /** What the server announced at the last sync. */
  features: z.array(z.string()),
});
export type AdministrationOverview = z.infer<typeof administrationOverview>;

export const administration = {
  overview: channel(nothing, administrationOverview),
};
