/**
 * The change feed (own addition): everything that the caller may see and that was touched
 * since a cursor, whole, in pages; deletions, lost and gained access included. What is told is
 * decided in `access/`; here it gets the shapes of the listings.
 *
 * Every answer also carries what the server states of the account (mode of encryption, key
 * derivation, public key, right to be offline, rules about passwords), so that a client can hold it
 * against its pins without asking for it.
 */
import { z } from 'zod';
import type { Binned } from '../access/bin.ts';
import type { Told, VaultWalk } from '../access/changes.ts';
import { tellChanges } from '../access/changes.ts';
import { permissionsOf } from '../access/permissions.ts';
import type { Caller } from '../access/rights.ts';
import type { Item } from '../storage/items.ts';
import type { User } from '../storage/people.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Folder } from '../storage/folders.ts';
import type { VaultView } from './answers.ts';
import {
  binnedFolderAnswer,
  binnedFolderSchema,
  binnedItemAnswer,
  folderAnswer,
  folderSchema,
  itemAnswer,
  itemSchema,
  vaultAnswer,
  vaultSchema,
} from './answers.ts';
import { readCursor, writeCursor } from './changecursor.ts';
import type { Api, Context } from './context.ts';
import { vaultView } from './vaults/vaults.ts';
import { callerOf } from './context.ts';
import { notFound } from './errors.ts';
import { inboxAnswer, inboxSchema } from './sharing/inbox.ts';
import { direction, statedChange } from './encryption/change.ts';
import { offlinePolicySchema } from './offline.ts';
import { passwordPoliciesSchema, statedPasswordPolicies } from './passwordpolicies.ts';
import { objectId, queryNumber } from './schemas.ts';
import { shortcutAnswer, shortcutSchema } from './shortcuts.ts';

/** The most things that one page tells. */
const largestPage = 500;
const usualPage = 100;

const stretch = { vaultId: objectId, after: objectId.nullable(), through: objectId.nullable() };

const changeSchema = z.union([
  z.object({ kind: z.literal('vault'), id: objectId, isWhole: z.boolean(), vault: vaultSchema.nullable() }),
  z.object({
    ...{ kind: z.literal('folder'), id: objectId, folder: folderSchema.nullable() },
    /** Where to find a deleted folder, for those who could bring it back. */
    bin: binnedFolderSchema.optional(),
  }),
  z.object({ kind: z.literal('item'), id: objectId, item: itemSchema.nullable() }),
  z.object({ kind: z.literal('shortcut'), id: objectId, shortcut: shortcutSchema.nullable() }),
  z.object({ kind: z.literal('inbox'), id: objectId, inbox: inboxSchema.nullable() }),
  z.object({ kind: z.literal('folders'), ...stretch, items: z.array(folderSchema) }),
  z.object({ kind: z.literal('items'), ...stretch, items: z.array(itemSchema) }),
  z.object({ kind: z.literal('shortcuts'), ...stretch, items: z.array(shortcutSchema) }),
]);
type Change = z.output<typeof changeSchema>;

const answerSchema = z.object({
  changes: z.array(changeSchema),
  cursor: z.string(),
  hasMore: z.boolean(),
  account: z.object({
    id: objectId,
    isClientSideEncryptionEnabled: z.boolean(),
    masterKeyOptions: z.string(),
    publicKey: z.string().nullable(),
    encryptionChange: direction.nullable(),
    offline: offlinePolicySchema,
    passwordPolicies: passwordPoliciesSchema,
  }),
});

const listNames = { folder: 'folders', item: 'items', shortcut: 'shortcuts' } as const satisfies Record<
  VaultWalk['of'],
  Change['kind']
>;

/** Gives told things the shapes of the listings, with what those need besides. */
class Shaping {
  readonly #favorites: ReadonlySet<string>;
  readonly #users: ReadonlyMap<string, User>;
  readonly #folders: ReadonlyMap<string, Folder>;
  readonly #view: VaultView;

  private constructor(
    favorites: ReadonlySet<string>,
    users: ReadonlyMap<string, User>,
    folders: ReadonlyMap<string, Folder>,
    view: VaultView,
  ) {
    this.#favorites = favorites;
    this.#users = users;
    this.#folders = folders;
    this.#view = view;
  }

  static async of(storage: Repositories, caller: Caller, told: readonly Told[]): Promise<Shaping> {
    if (told.length === 0) {
      return new Shaping(new Set(), new Map(), new Map(), { hidden: new Set(), shared: new Set() });
    }
    const inTree = told.flatMap((each) => {
      const isFolder = each.kind === 'folder' || (each.kind === 'content' && each.of === 'folder');
      return isFolder ? [each.access.vault.id] : [];
    });
    const folders = await storage.folders.list([...new Set(inTree)]);
    const vaultIds = told.flatMap((each) => (each.kind === 'vault' ? [each.id] : []));
    return new Shaping(
      await storage.items.favoritesOf(caller.userId),
      await storage.users.findMany(told.flatMap(peopleIn)),
      new Map(folders.map((folder) => [folder.id, folder])),
      await vaultView({ storage }, caller.userId, vaultIds),
    );
  }

  change(told: Told): Change {
    switch (told.kind) {
      case 'vault': {
        const { kind, id, isWhole, access } = told;
        return { kind, id, isWhole, vault: access && vaultAnswer(access, this.#view) };
      }
      case 'folder': {
        const { kind, id, folder, access, binned } = told;
        if (binned) return { kind, id, folder: null, bin: binnedFolderAnswer(binned.row, binned.entry) };
        return { kind, id, folder: folder && folderAnswer(folder, access, this.#folders) };
      }
      case 'item': {
        const { kind, id, item, wrappedKey, binned } = told;
        if (binned) return { kind, id, item: this.#binnedItem(binned, wrappedKey) };
        return { kind, id, item: item && this.#item(item, wrappedKey) };
      }
      case 'shortcut':
        return { kind: told.kind, id: told.id, shortcut: told.shown && this.#shortcut(told.shown) };
      case 'inbox': {
        const { kind, id, shown } = told;
        const sender = shown ? this.#users.get(shown.entry.senderId) : undefined;
        const isFavorite = shown !== null && this.#favorites.has(shown.item.id);
        return { kind, id, inbox: shown && inboxAnswer(shown.entry, shown.item, sender, isFavorite) };
      }
      case 'content':
        return this.#content(told);
    }
  }

  #content(told: Extract<Told, { kind: 'content' }>): Change {
    const { access, after, through } = told;
    const between = { vaultId: access.vault.id, after: after === '' ? null : after, through };
    if (told.of === 'folder') {
      const items = told.rows.map((folder) => folderAnswer(folder, access, this.#folders));
      return { kind: listNames.folder, ...between, items };
    }
    if (told.of === 'item') {
      const items = told.rows.map((item) => this.#item(item, access.wrappedKey));
      return { kind: listNames.item, ...between, items };
    }
    return { kind: listNames.shortcut, ...between, items: told.rows.map((shown) => this.#shortcut(shown)) };
  }

  #item(item: Item, wrappedKey: string | null) {
    return itemAnswer(item, { wrappedKey, isFavorite: this.#favorites.has(item.id) });
  }

  #binnedItem({ row, entry }: Binned<Item>, wrappedKey: string | null) {
    return binnedItemAnswer(row, { wrappedKey, isFavorite: this.#favorites.has(row.id) }, entry);
  }

  #shortcut({ shortcut, item }: NonNullable<Extract<Told, { kind: 'shortcut' }>['shown']>) {
    return shortcutAnswer(shortcut, item, this.#users.get(shortcut.creatorId), this.#favorites.has(item.id));
  }
}

/** Ids of the people whose names an answer shows. */
function peopleIn(told: Told): string[] {
  if (told.kind === 'shortcut') return told.shown ? [told.shown.shortcut.creatorId] : [];
  if (told.kind === 'inbox') return told.shown ? [told.shown.entry.senderId] : [];
  return told.kind === 'content' && told.of === 'shortcut'
    ? told.rows.map(({ shortcut }) => shortcut.creatorId)
    : [];
}

/** Registers the endpoint of this file. */
export function changeRoutes(app: Api, context: Context): void {
  app.get(
    '/changes',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'What was touched since a cursor; without one, a cursor of this moment (own addition)',
        querystring: z.object({
          since: z.string().max(2_000).optional(),
          limit: queryNumber.min(1).max(largestPage).default(usualPage),
        }),
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const { since, limit } = request.query;
      const { seal } = context;
      return context.storage.snapshot(async (storage) => {
        const user = await storage.users.find(callerOf(request).userId);
        if (!user) throw notFound();
        // Role and mode may have changed since the token was checked.
        const permissions = await permissionsOf(storage, user);
        const organisation = await storage.organisations.find(user.organisationId);
        if (!organisation) throw notFound();
        const { clientSideEncryption } = organisation;
        const caller: Caller = { ...callerOf(request), role: user.role, permissions, clientSideEncryption };
        const account = {
          id: user.id,
          isClientSideEncryptionEnabled: clientSideEncryption,
          masterKeyOptions: user.masterKeyOptions,
          publicKey: clientSideEncryption ? (user.keys?.public ?? null) : null,
          encryptionChange: await statedChange(storage, caller.organisationId),
          offline: await storage.organisations.offlinePolicy(caller.organisationId),
          passwordPolicies: await statedPasswordPolicies(storage, caller),
        };
        if (since === undefined) {
          const { position } = await storage.journal.reach(caller.organisationId);
          const cursor = await writeCursor(storage, seal, caller, { position, walk: null });
          return { changes: [], cursor, hasMore: false, account };
        }
        const place = await readCursor(storage, seal, caller, since);
        const { told, next, hasMore } = await tellChanges(storage, caller, place, limit);
        const shaping = await Shaping.of(storage, caller, told);
        const changes = told.map((each) => shaping.change(each));
        const moved = next.position !== place.position || next.walk !== place.walk;
        const cursor = moved ? await writeCursor(storage, seal, caller, next) : since;
        return { changes, cursor, hasMore, account };
      });
    },
  );
}
