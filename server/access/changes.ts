/**
 * What one person is told of the journal of their organisation: the decision, entry by entry,
 * whether they may know of it, and the object as they may see it now.
 *
 * An entry only says where to look. Whoever may read the object gets it as it stands; whoever
 * may read the place, but finds the object there no longer, is told that it is gone; everybody
 * else is told nothing. So it does not matter how often or in which order things happened.
 *
 * Access is the hard part: a vault or a part of it may open or close without any object being
 * touched. Every such change is an entry of its own (`scope`, one person and one vault), and it
 * is answered by the vault as a whole: either it is gone, or it comes again with everything in
 * it, in stretches of which each says "between these two ids there is this and nothing else".
 * What was noted of that vault before its scope entry need not be told then, and is not, since
 * a client may not know the vault yet.
 *
 * Everything is read from one state of the data, the role of the person included.
 */
import type { Item } from '../storage/items.ts';
import type { PlacedEntry } from '../storage/journal.ts';
import type { InboxEntry, Shortcut } from '../storage/sharing.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Folder } from '../storage/folders.ts';
import type { Binned } from './bin.ts';
import { binnedFolder, binnedItems, maySeeBinned } from './bin.ts';
import type { Caller, VaultAccess } from './rights.ts';
import { rightsOver } from './rights.ts';

/** A vault in the middle of being told as a whole: what comes next, after which id. */
export interface VaultWalk {
  vaultId: string;
  of: 'folder' | 'item' | 'shortcut';
  after: string;
}

/** How far somebody has been told. */
export interface FeedPlace {
  position: number;
  walk: VaultWalk | null;
}

export interface ShownShortcut {
  shortcut: Shortcut;
  item: Item;
}

export interface ShownInboxEntry {
  entry: InboxEntry;
  item: Item;
}

interface Stretch<Kind extends VaultWalk['of'], Row> {
  kind: 'content';
  of: Kind;
  access: VaultAccess;
  /** The stretch begins after this id and ends with `through`; empty and null are its open ends. */
  after: string;
  through: string | null;
  rows: Row[];
}

/** One thing that a person is told; null stands for "gone, or not for you". */
export type Told =
  | { kind: 'vault'; id: string; access: VaultAccess | null; isWhole: boolean }
  | { kind: 'folder'; id: string; folder: Folder | null; access: VaultAccess; binned: Binned<Folder> | null }
  | { kind: 'item'; id: string; item: Item | null; wrappedKey: string | null; binned: Binned<Item> | null }
  | { kind: 'shortcut'; id: string; shown: ShownShortcut | null }
  | { kind: 'inbox'; id: string; shown: ShownInboxEntry | null }
  | Stretch<'folder', Folder>
  | Stretch<'item', Item>
  | Stretch<'shortcut', ShownShortcut>;

export interface ToldPage {
  told: Told[];
  next: FeedPlace;
  hasMore: boolean;
}

const sizeOf = (told: readonly Told[]): number =>
  told.reduce((sum, each) => sum + (each.kind === 'content' ? Math.max(1, each.rows.length) : 1), 0);

class Telling {
  readonly #storage: Repositories;
  readonly #caller: Caller;
  readonly #accesses: ReadonlyMap<string, VaultAccess>;
  /** Where the coming scope entries of this person stand, by vault. */
  readonly #scopes: ReadonlyMap<string, number>;
  readonly #knownAlready = new Set<string>();

  constructor(
    storage: Repositories,
    caller: Caller,
    accesses: ReadonlyMap<string, VaultAccess>,
    scopes: ReadonlyMap<string, number>,
  ) {
    this.#storage = storage;
    this.#caller = caller;
    this.#accesses = accesses;
    this.#scopes = scopes;
  }

  /** Told in the order of the entries; the walk to begin with when the last one opens a vault. */
  async entries(entries: readonly PlacedEntry[]): Promise<{ told: Told[]; walk: VaultWalk | null }> {
    const concerning = entries.filter((entry) => this.#mayHear(entry));
    const byKind = (kind: PlacedEntry['kind']) =>
      concerning.filter((entry) => entry.kind === kind).map((entry) => entry.objectId);
    const [shortcuts, inbox] = await Promise.all([
      this.#storage.shortcuts.findMany(byKind('shortcut')),
      this.#storage.inbox.findMany(byKind('inbox')),
    ]);
    const shown = [...shortcuts.values(), ...inbox.values()].map(({ itemId }) => itemId);
    const items = await this.#storage.items.findMany([...byKind('item'), ...shown]);
    const binned = await binnedItems(
      this.#storage,
      byKind('item').filter((id) => !items.has(id)),
    );
    const told: Told[] = [];
    let walk: VaultWalk | null = null;
    for (const entry of concerning) {
      if (entry.kind === 'scope') walk = this.#scope(entry, told);
      else if (entry.kind === 'item') this.#item(entry, items.get(entry.objectId), binned, told);
      else if (entry.kind === 'folder') await this.#folder(entry, told);
      else if (entry.kind === 'vault') this.#vault(entry, told);
      else if (entry.kind === 'shortcut') this.#shortcut(entry, shortcuts, items, told);
      else this.#inbox(entry, inbox, items, told);
    }
    return { told, walk };
  }

  /** The next stretch of a vault's content, and where the walk stands then; it began at `position`. */
  async walk(
    walk: VaultWalk,
    position: number,
    limit: number,
  ): Promise<{ told: Told[]; walk: VaultWalk | null }> {
    const access = this.#accesses.get(walk.vaultId);
    // Touched once more meanwhile: it is told anew, or taken away, where that stands.
    if (!access || this.#isToldLater(walk.vaultId, position)) return { told: [], walk: null };
    if (walk.of === 'folder') return this.#walkFolders(walk, access);
    return walk.of === 'item'
      ? this.#walkItems(walk, access, limit)
      : this.#walkShortcuts(walk, access, limit);
  }

  /** Whether the person may know that something happened there; true once only for each object. */
  #mayHear(entry: PlacedEntry): boolean {
    const key = `${entry.kind} ${entry.objectId}`;
    if (entry.kind === 'scope') return true;
    if (entry.kind !== 'inbox') {
      const access = this.#accesses.get(entry.vaultId);
      if (!access || this.#isToldLater(entry.vaultId, entry.position)) return false;
      const place = entry.folderId === '' ? null : entry.folderId;
      if (entry.kind !== 'vault' && access.levelAt(place) === 'forbidden') return false;
    }
    if (this.#knownAlready.has(key)) return false;
    this.#knownAlready.add(key);
    return true;
  }

  #isToldLater(vaultId: string, position: number): boolean {
    return (this.#scopes.get(vaultId) ?? 0) > position;
  }

  #scope({ vaultId }: PlacedEntry, told: Told[]): VaultWalk | null {
    const access = this.#accesses.get(vaultId) ?? null;
    told.push({ kind: 'vault', id: vaultId, access, isWhole: access !== null });
    return access && { vaultId, of: 'folder', after: '' };
  }

  #vault({ vaultId }: PlacedEntry, told: Told[]): void {
    const access = this.#accesses.get(vaultId);
    if (access) told.push({ kind: 'vault', id: vaultId, access, isWhole: false });
  }

  #item(
    entry: PlacedEntry,
    item: Item | undefined,
    inBin: ReadonlyMap<string, Binned<Item>>,
    told: Told[],
  ): void {
    const id = entry.objectId;
    const access = item && this.#accesses.get(item.vaultId);
    if (!item || !access?.canRead(item.folderId)) {
      const binned = inBin.get(id);
      const around = binned && this.#accesses.get(binned.row.vaultId);
      const isSeen = binned && around && maySeeBinned(around, binned.entry, binned.row.folderId);
      const wrappedKey = isSeen ? around.wrappedKey : null;
      told.push({ kind: 'item', id, item: null, wrappedKey, binned: isSeen ? binned : null });
    } else if (!this.#isToldLater(item.vaultId, entry.position)) {
      told.push({ kind: 'item', id, item, wrappedKey: access.wrappedKey, binned: null });
    } else {
      // It moved into a vault that is about to be told as a whole, and comes with it.
      this.#knownAlready.delete(`item ${id}`);
    }
  }

  async #folder(entry: PlacedEntry, told: Told[]): Promise<void> {
    const access = this.#accesses.get(entry.vaultId);
    if (!access) return;
    const folder = access.canRead(entry.objectId)
      ? await this.#storage.folders.find(entry.objectId)
      : undefined;
    const binned = folder ? null : await binnedFolder(this.#storage, access, entry.objectId);
    told.push({ kind: 'folder', id: entry.objectId, folder: folder ?? null, access, binned });
  }

  #shortcut(
    entry: PlacedEntry,
    shortcuts: ReadonlyMap<string, Shortcut>,
    items: ReadonlyMap<string, Item>,
    told: Told[],
  ): void {
    const shortcut = shortcuts.get(entry.objectId);
    const item = shortcut && items.get(shortcut.itemId);
    const isOpen = shortcut && this.#accesses.get(shortcut.vaultId)?.canRead(shortcut.folderId) === true;
    told.push({
      kind: 'shortcut',
      id: entry.objectId,
      shown: shortcut && item && isOpen ? { shortcut, item } : null,
    });
  }

  #inbox(
    { objectId }: PlacedEntry,
    inbox: ReadonlyMap<string, InboxEntry>,
    items: ReadonlyMap<string, Item>,
    told: Told[],
  ): void {
    const entry = inbox.get(objectId);
    const item = entry && items.get(entry.itemId);
    const shown = entry && item && entry.receiverId === this.#caller.userId ? { entry, item } : null;
    told.push({ kind: 'inbox', id: objectId, shown });
  }

  async #walkFolders({ vaultId }: VaultWalk, access: VaultAccess) {
    const all = await this.#storage.folders.list([vaultId]);
    const rows = all.filter((folder) => access.canRead(folder.id));
    const told: Told[] = [{ kind: 'content', of: 'folder', access, after: '', through: null, rows }];
    return { told, walk: { vaultId, of: 'item', after: '' } satisfies VaultWalk };
  }

  async #walkItems({ vaultId, after }: VaultWalk, access: VaultAccess, limit: number) {
    const places = access.wholeIsReadable ? undefined : access.readablePlaces();
    const rows = await this.#storage.items.walk(vaultId, after, limit, places);
    const last = rows.length < limit ? undefined : rows.at(-1);
    const told: Told[] = [{ kind: 'content', of: 'item', access, after, through: last?.id ?? null, rows }];
    const walk: VaultWalk = last
      ? { vaultId, of: 'item', after: last.id }
      : { vaultId, of: 'shortcut', after: '' };
    return { told, walk };
  }

  async #walkShortcuts({ vaultId, after }: VaultWalk, access: VaultAccess, limit: number) {
    const all = (await this.#storage.shortcuts.inVaults([vaultId]))
      .filter((shortcut) => shortcut.id > after && access.canRead(shortcut.folderId))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    const shortcuts = all.slice(0, limit);
    const items = await this.#storage.items.findMany(shortcuts.map(({ itemId }) => itemId));
    const rows = shortcuts.flatMap((shortcut) => {
      const item = items.get(shortcut.itemId);
      return item ? [{ shortcut, item }] : [];
    });
    const last = all.length > limit ? shortcuts.at(-1) : undefined;
    const told: Told[] = [
      { kind: 'content', of: 'shortcut', access, after, through: last?.id ?? null, rows },
    ];
    const walk: VaultWalk | null = last ? { vaultId, of: 'shortcut', after: last.id } : null;
    return { told, walk };
  }
}

/** Entries up to and including the first that may open a vault: its content comes before the rest. */
function upToScope(entries: readonly PlacedEntry[]): readonly PlacedEntry[] {
  const at = entries.findIndex((entry) => entry.kind === 'scope');
  return at < 0 ? entries : entries.slice(0, at + 1);
}

/**
 * What the caller is told after a place in the feed, about `limit` things at most. `storage`
 * must be one state of the data, and `caller` that person as of that state.
 */
export async function tellChanges(
  storage: Repositories,
  caller: Caller,
  since: FeedPlace,
  limit: number,
): Promise<ToldPage> {
  const { organisationId, userId } = caller;
  const { position: end } = await storage.journal.reach(organisationId);
  let { position, walk } = since;
  const told: Told[] = [];
  if (walk === null && position === end) return { told, next: since, hasMore: false };
  const open = await rightsOver(storage).toAllVaults(caller);
  const accesses = new Map(open.map((access) => [access.vault.id, access]));
  const scopes = await storage.journal.scopesAfter(organisationId, userId, position);
  const telling = new Telling(storage, caller, accesses, scopes);
  while (sizeOf(told) < limit && (walk !== null || position < end)) {
    const room = limit - sizeOf(told);
    if (walk !== null) {
      const step = await telling.walk(walk, position, room);
      told.push(...step.told);
      walk = step.walk;
      continue;
    }
    const reach = { userId, vaultIds: [...accesses.keys()], from: position, through: end };
    const entries = upToScope(await storage.journal.after(organisationId, reach, room));
    const step = await telling.entries(entries);
    told.push(...step.told);
    walk = step.walk;
    position = entries.at(-1)?.position ?? end;
  }
  return { told, next: { position, walk }, hasMore: walk !== null || position < end };
}
