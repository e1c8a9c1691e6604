/**
 * Who may enter a vault or folder, and why (API description, "Vaults"): additions of our server,
 * features `vaultAccess` and `accessExplained`. All of it is the server's claim.
 */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, serverId, shortText } from '../shapes.ts';
import { shortUser } from '../users.ts';
import { administer } from './refusals.ts';

const level = z.enum(['forbidden', 'read', 'write', 'full', 'admin']);
/** Wire codes of access, the lowest first. */
export type RemoteAccessLevel = z.output<typeof level>;

const explained = z.object({
  user: shortUser,
  access: level,
  source: z.object({
    kind: z.enum(['person', 'group', 'type', 'none']),
    /** The place of the entry that decides; null is the vault itself. */
    folderId: serverId.nullable(),
    groups: z.array(z.object({ id: serverId, name: shortText })).max(1000),
  }),
  hasKey: flag,
});
/** What somebody may do in a place, and from where. */
export type RemoteExplainedAccess = z.output<typeof explained>;

/** The longest page that is asked for. */
export const explainedPage = 500;
const explainedList = listOf(explained, explainedPage);

const entries = z.object({
  items: z
    .array(
      z.object({
        folderId: serverId.nullable(),
        userId: serverId.nullable(),
        groupId: serverId.nullable(),
        access: level,
      }),
    )
    .max(200_000),
});
/** One entry of access: of a person or a group, on a folder or (null) on the vault itself. */
export type RemoteAccessEntry = z.output<typeof entries>['items'][number];

/** A vault, or a folder in it. */
export interface AccessPlace {
  readonly vaultId: string;
  readonly folderId: string | null;
}

function pathOf({ vaultId, folderId }: AccessPlace, deed: string): string {
  return folderId === null
    ? `/vaults/${serverId.parse(vaultId)}/access${deed}`
    : `/folders/${serverId.parse(folderId)}/access${deed}`;
}

/** A page of everybody whom something lets into a place, by login. @throws StrongroomError `forbidden`, network codes */
export async function listEffectiveAccess(
  client: RemoteClient,
  place: AccessPlace,
  page: { readonly offset: number; readonly limit: number },
): Promise<{ items: RemoteExplainedAccess[]; total: number }> {
  const { offset, limit } = page;
  const path = pathOf(place, '/effective');
  const { items, total } = await client.call(explainedList, {
    ...{ method: 'GET', path, query: { offset, limit } },
  });
  return { items, total: total ?? offset + items.length };
}

/** What one person may do in a place. */
export async function readEffectiveAccess(
  client: RemoteClient,
  place: AccessPlace,
  userId: string,
): Promise<RemoteExplainedAccess | null> {
  const query = { userId: serverId.parse(userId) };
  const path = pathOf(place, '/effective');
  const { items } = await client.call(explainedList, { method: 'GET', path, query });
  return items.find(({ user }) => user.id === userId) ?? null;
}

/** Every entry on a vault and its folders. @throws StrongroomError `forbidden` for who sees a folder only */
export async function listAccessEntries(client: RemoteClient, vaultId: string): Promise<RemoteAccessEntry[]> {
  const path = pathOf({ vaultId, folderId: null }, '');
  return (await client.call(entries, { method: 'GET', path })).items;
}

/** For whom an entry of access is set: a person with the vault key wrapped, or a group. */
export type AccessSubject =
  | {
      readonly kind: 'person';
      readonly userId: string;
      /** Null where nothing has to be wrapped: the person has the key, or is shut out. */
      readonly key: { readonly wrapped: string; readonly fingerprint: string } | null;
    }
  | { readonly kind: 'group'; readonly groupId: string };

/**
 * Sets one entry of access, or takes it away (`notSet`).
 * @throws StrongroomError `lastAdministrator`, `recipientKeyChanged` if the person has another key
 * by now, `keyNeeded` if a person would be let in without the vault key, `forbidden`, network codes
 */
export function setAccess(
  client: RemoteClient,
  place: AccessPlace,
  subject: AccessSubject,
  access: RemoteAccessLevel | 'notSet',
): Promise<unknown> {
  const body =
    subject.kind === 'group'
      ? { groupId: subject.groupId, access }
      : { userId: subject.userId, access, ...keyMembers(subject.key) };
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(place, ''), body });
}

function keyMembers(key: { readonly wrapped: string; readonly fingerprint: string } | null): object {
  return key === null ? {} : { masterKeyEncrypted: key.wrapped, publicKeyFingerprint: key.fingerprint };
}
