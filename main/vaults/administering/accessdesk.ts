/**
 * Who may enter a vault or folder, and letting people in and out. The vault key reaches a person
 * through `recipients` alone, for the fingerprint that was shown; groups are given nothing here,
 * their members wait as access requests.
 */
import type { Input, Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { AccessPlace, AccessSource, GroupAccess, PersonAccess } from '../../../contract/vaultadmin.ts';
import {
  groupsPage,
  listAccessEntries,
  listEffectiveAccess,
  listGroups,
  readEffectiveAccess,
  setAccess,
} from '../../remote/index.ts';
import type {
  RemoteAccessEntry,
  RemoteClient,
  RemoteExplainedAccess,
  RemoteGroup,
} from '../../remote/index.ts';
import type { Mirror } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { named } from './names.ts';
import { passedOnKey } from './passedonkey.ts';
import { syncAside } from './vaultdesk.ts';

/** As many groups as are read of an organisation. */
const mostGroups = 20_000;

/** Where an entry of access stands, seen from a place. */
type Standing = Pick<AccessSource, 'where' | 'folderName'>;

export class AccessDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  /** A page of everybody who may enter. Throws `forbidden` and the network's codes, as everything here. */
  async people({
    offset,
    limit,
    ...place
  }: Input<'vaultAdmin', 'people'>): Promise<Output<'vaultAdmin', 'people'>> {
    const account = this.#current();
    const { items, total } = await listEffectiveAccess(account.client, place, { offset, limit });
    return { people: items.map((row) => personOf(account, place, row)), total };
  }

  /** One person's access, also where nothing lets them in. Throws `notFound`. */
  async person({ userId, ...place }: Input<'vaultAdmin', 'person'>): Promise<PersonAccess> {
    const account = this.#current();
    const row = await readEffectiveAccess(account.client, place, userId);
    if (row === null) throw new StrongroomError('notFound');
    return personOf(account, place, row);
  }

  /** The groups named on a place and above it, the nearest entry of each. */
  async groups(place: AccessPlace): Promise<Output<'vaultAdmin', 'groups'>> {
    const { client, mirror } = this.#current();
    try {
      const [entries, names] = await Promise.all([
        listAccessEntries(client, place.vaultId),
        everyGroup(client),
      ]);
      return { groups: groupsOn(mirror, place, entries, names) };
    } catch (failure) {
      // Whoever administers a folder alone does not see the entries of the whole vault.
      if (failure instanceof StrongroomError && failure.code === 'forbidden') return { groups: null };
      throw failure;
    }
  }

  /** Throws the codes of `Recipients.admit` and of `passedOnKey` before anything was sent. */
  async setPerson(wish: Input<'vaultAdmin', 'setPerson'>): Promise<void> {
    const { vaultId, folderId, userId, access, fingerprint } = wish;
    const account = this.#current();
    const isLetIn = access !== 'notSet' && access !== 'forbidden';
    const key =
      account.mode === 'none' || fingerprint === null || !isLetIn
        ? null
        : await wrapped(account, vaultId, { userId, fingerprint });
    const subject = { kind: 'person', userId, key } as const;
    await setAccess(account.client, { vaultId, folderId }, subject, access);
    syncAside(account);
  }

  async setGroup({ groupId, access, ...place }: Input<'vaultAdmin', 'setGroup'>): Promise<void> {
    const account = this.#current();
    await setAccess(account.client, place, { kind: 'group', groupId }, access);
    syncAside(account);
  }
}

/** Every group of the organisation, since entries name them by id alone. */
async function everyGroup(client: RemoteClient): Promise<RemoteGroup[]> {
  const groups: RemoteGroup[] = [];
  for (;;) {
    const { items, total } = await listGroups(client, {
      ...{ search: '', offset: groups.length, limit: groupsPage },
    });
    groups.push(...items);
    if (items.length === 0 || groups.length >= Math.min(total, mostGroups)) return groups;
  }
}

async function wrapped(
  account: OpenAccount,
  vaultId: string,
  wish: { readonly userId: string; readonly fingerprint: string },
): Promise<{ wrapped: string; fingerprint: string }> {
  // First, so that a vault in doubt does not even have a recipient pinned.
  passedOnKey(account, vaultId);
  const recipient = await account.recipients.admit(wish);
  // Once more: a sync may have put the key in doubt while the recipient was asked for.
  const key = passedOnKey(account, vaultId);
  return { wrapped: recipient.wrapVaultKey(key), fingerprint: recipient.fingerprint };
}

function personOf(
  { mirror }: OpenAccount,
  place: AccessPlace,
  { user, access, source, hasKey }: RemoteExplainedAccess,
): PersonAccess {
  const standing = standingOf(mirror, place, source.folderId);
  const isOwn = source.kind === 'person' && standing.where === 'here';
  return {
    ...named(user),
    isMe: mirror.pins.read()?.userId === user.id,
    ...{ access, hasKey },
    source: { kind: source.kind, ...standing, groups: source.groups.map(({ name }) => name) },
    own: isOwn ? access : null,
  };
}

function standingOf(mirror: Mirror, place: AccessPlace, folderId: string | null): Standing {
  if (folderId === place.folderId) return { where: 'here', folderName: '' };
  if (folderId === null) return { where: 'vault', folderName: '' };
  return { where: 'folder', folderName: mirror.folders.get(folderId)?.name ?? '' };
}

/** The place and everything above it, the nearest first; null is the vault itself. */
function placesUpwards(mirror: Mirror, folderId: string | null): (string | null)[] {
  const places: (string | null)[] = [];
  for (let id = folderId; id !== null && !places.includes(id);) {
    places.push(id);
    id = mirror.folders.get(id)?.parentId ?? null;
  }
  return [...places, null];
}

/** What each group may do in a place: the nearest entry counts. */
function groupsOn(
  mirror: Mirror,
  place: AccessPlace,
  entries: readonly RemoteAccessEntry[],
  names: readonly RemoteGroup[],
): GroupAccess[] {
  const upwards = placesUpwards(mirror, place.folderId);
  const byGroup = Map.groupBy(entries, ({ groupId }) => groupId);
  return names.flatMap(({ id, name, memberCount }) => {
    const own = byGroup.get(id) ?? [];
    const deciding = upwards
      .map((folderId) => own.find((entry) => entry.folderId === folderId))
      .find((entry) => entry !== undefined);
    if (deciding === undefined) return [];
    const source = standingOf(mirror, place, deciding.folderId);
    const { access } = deciding;
    return [{ groupId: id, name, memberCount, access, source, own: source.where === 'here' ? access : null }];
  });
}
