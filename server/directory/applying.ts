/**
 * Carrying a plan out: in portions, each a transaction of its own, so that nobody waits long. A sync
 * that is cut short has done part of its plan, and the next one plans what is left.
 *
 * What changed between plan and portion is looked at again; whoever does not fit the plan any more
 * is left to the next sync.
 */
import type { Cause, RaisedRequest } from '../access/entitlement.ts';
import type { MembershipChange } from '../access/membership.ts';
import { changeMembership } from '../access/membership.ts';
import { formatMasterKeyOptions, newMasterKeyOptions } from '../identity/masterkey.ts';
import type { ActivityEvent } from '../storage/events.ts';
import { newId } from '../storage/ids.ts';
import type { SyncCounts } from '../storage/ldap.ts';
import type { User } from '../storage/people.ts';
import type { Repositories, Storage } from '../storage/storage.ts';
import type { Plan, PlannedChange } from './plan.ts';

/** On whose behalf and in which organisation a sync works. */
export interface SyncPlace {
  organisationId: string;
  clientSideEncryption: boolean;
  /** Whoever asked for it, else whoever set the directory up. */
  responsibleId: string;
  /** Unix seconds. */
  at: number;
}

/** What the activity log is told. */
export interface SyncNote {
  event: ActivityEvent;
  objectId: string;
  subjectId?: string;
  vaultId?: string;
}

/** What a sync needs of the server around it. */
export interface Surroundings {
  storage: Storage;
  /** Stores notes in the transaction at hand, and tells them once it is kept. */
  log(notes: readonly SyncNote[]): Promise<void>;
  endSessions(userId: string): Promise<void>;
  /** Told how many changes are done. */
  progress(done: number): void;
  /** True once the server is about to stop. */
  isStopping(): boolean;
}

const portion = 100;

type Of<Kind extends PlannedChange['kind']> = Extract<PlannedChange, { kind: Kind }>;

function newPerson(place: SyncPlace, change: Of<'add'>): User {
  const { login, fullName, email, key, dn } = change;
  return {
    ...{
      id: newId(place.at * 1000),
      organisationId: place.organisationId,
      login: login.trim(),
      email,
      fullName,
    },
    ...{ role: 'user', roleId: null, isOwner: false, isBlocked: false, isDeleted: false },
    // No password here: none matches until an administrator sets one.
    ...{ passwordHash: '', masterKeyOptions: formatMasterKeyOptions(newMasterKeyOptions()) },
    ...{ masterKeyFingerprint: null, keys: null, link: { key, dn, isGone: false } },
  };
}

export class Applying {
  readonly counts: SyncCounts = {
    ...{ added: 0, adopted: 0, changed: 0, blocked: 0, unblocked: 0 },
    ...{ groupsMade: 0, joined: 0, left: 0, requested: 0 },
  };
  /** The groups that were made, by the DN of theirs. */
  readonly groupIds: Map<string, string>;
  readonly #place: SyncPlace;
  readonly #around: Surroundings;
  readonly #userIds: Map<string, string>;
  #done = 0;

  /** `userIds` are the accounts here by key of their entry, `groupIds` the groups here by DN. */
  constructor(
    place: SyncPlace,
    around: Surroundings,
    userIds: ReadonlyMap<string, string>,
    groupIds: ReadonlyMap<string, string>,
  ) {
    this.#place = place;
    this.#around = around;
    this.#userIds = new Map(userIds);
    this.groupIds = new Map(groupIds);
  }

  /** Does all of it, or as much as there is time for before the server stops. */
  async all({ changes }: Plan): Promise<void> {
    for (const kind of ['createGroup', 'add', 'adopt', 'change', 'unblock', 'block'] as const) {
      const these = changes.filter((change) => change.kind === kind);
      await this.#inPortions(these, async (storage, change) => this.#one(storage, change));
    }
    await this.#members(changes);
  }

  async #inPortions<Change>(
    changes: readonly Change[],
    each: (storage: Repositories, change: Change) => Promise<SyncNote[]>,
  ): Promise<void> {
    for (let start = 0; start < changes.length && !this.#around.isStopping(); start += portion) {
      const these = changes.slice(start, start + portion);
      await this.#around.storage.whole(async () => {
        const notes: SyncNote[] = [];
        for (const change of these) notes.push(...(await each(this.#around.storage, change)));
        await this.#around.log(notes);
      });
      this.#step(these.length);
    }
  }

  #step(count: number): void {
    this.#done += count;
    this.#around.progress(this.#done);
  }

  async #one(storage: Repositories, change: PlannedChange): Promise<SyncNote[]> {
    if (change.kind === 'createGroup') return this.#createGroup(storage, change);
    if (change.kind === 'add') return this.#add(storage, change);
    if (change.kind === 'adopt' || change.kind === 'change') return this.#describe(storage, change);
    if (change.kind === 'block' || change.kind === 'unblock') return this.#block(storage, change);
    return [];
  }

  async #createGroup(storage: Repositories, { dn, name }: Of<'createGroup'>): Promise<SyncNote[]> {
    const id = newId(this.#place.at * 1000);
    const { organisationId } = this.#place;
    await storage.groups.insert({ id, organisationId, name }, this.#place.at);
    await rememberGroup(storage, organisationId, dn, id);
    this.groupIds.set(dn, id);
    this.counts.groupsMade += 1;
    return [{ event: 'userGroup_created', objectId: id }];
  }

  async #add(storage: Repositories, change: Of<'add'>): Promise<SyncNote[]> {
    if (await storage.users.findByLogin(change.login)) return [];
    const user = newPerson(this.#place, change);
    await storage.users.insert(user, this.#place.at);
    this.#userIds.set(change.key, user.id);
    this.counts.added += 1;
    return [{ event: 'user_created', objectId: user.id }];
  }

  async #describe(storage: Repositories, change: Of<'adopt' | 'change'>): Promise<SyncNote[]> {
    const { login, fullName, email, key, dn, userId, kind } = change;
    const user = await storage.users.find(userId);
    const holder = await storage.users.findByLogin(login);
    if (!user || user.isDeleted || (holder && holder.id !== userId)) return [];
    if (kind === 'adopt' && user.link) return [];
    const link = { key, dn, isGone: user.link?.isGone ?? false };
    await storage.users.update({ ...user, login: login.trim(), fullName, email, link });
    this.#userIds.set(key, userId);
    this.counts[kind === 'adopt' ? 'adopted' : 'changed'] += 1;
    return [{ event: kind === 'adopt' ? 'user_directory_linked' : 'user_updated', objectId: userId }];
  }

  async #block(storage: Repositories, { kind, userId, dn }: Of<'block' | 'unblock'>): Promise<SyncNote[]> {
    const user = await storage.users.find(userId);
    if (!user?.link || user.isDeleted) return [];
    const isGone = kind === 'block';
    await storage.users.update({ ...user, isBlocked: isGone, link: { ...user.link, dn, isGone } });
    if (isGone) await this.#around.endSessions(userId);
    this.counts[isGone ? 'blocked' : 'unblocked'] += 1;
    return [{ event: isGone ? 'user_blocked' : 'user_unblocked', objectId: userId }];
  }

  async #members(changes: readonly PlannedChange[]): Promise<void> {
    const joining = new Map<string, string[]>();
    const leaving = new Map<string, string[]>();
    const put = (into: Map<string, string[]>, groupId: string | undefined, userId: string | undefined) => {
      if (groupId !== undefined && userId !== undefined)
        into.set(groupId, [...(into.get(groupId) ?? []), userId]);
    };
    for (const change of changes) {
      if (change.kind === 'join') put(joining, this.groupIds.get(change.dn), this.#userIds.get(change.key));
      if (change.kind === 'leave') put(leaving, change.groupId, change.userId);
    }
    for (const [groupId, userIds] of joining) await this.#change(groupId, userIds, 'addMembers');
    for (const [groupId, userIds] of leaving) await this.#change(groupId, userIds, 'removeMembers');
  }

  async #change(groupId: string, userIds: readonly string[], change: MembershipChange): Promise<void> {
    const cause: Cause = {
      ...{ reason: 'group', requesterId: this.#place.responsibleId, groupId, at: this.#place.at },
      ...{ clientSideEncryption: this.#place.clientSideEncryption, renews: true },
    };
    for (let start = 0; start < userIds.length && !this.#around.isStopping(); start += portion) {
      const these = userIds.slice(start, start + portion);
      const { storage } = this.#around;
      await storage.whole(async () => {
        const { changed, raised } = await changeMembership(storage, groupId, these, change, cause);
        const isJoining = change === 'addMembers';
        this.counts[isJoining ? 'joined' : 'left'] += changed.length;
        this.counts.requested += raised.length;
        const event = isJoining ? 'user_added_to_userGroup' : 'user_removed_from_userGroup';
        const notes = changed.map((subjectId): SyncNote => ({ event, objectId: groupId, subjectId }));
        await this.#around.log([...notes, ...raised.map(noteOf)]);
      });
      this.#step(these.length);
    }
  }
}

const noteOf = ({ requestId, vaultId, userId }: RaisedRequest): SyncNote => ({
  ...{ event: 'request_created', objectId: requestId, subjectId: userId, vaultId },
});

/** Notes which group was made for a DN, in the settings as they are by now. */
async function rememberGroup(
  storage: Repositories,
  organisationId: string,
  dn: string,
  groupId: string,
): Promise<void> {
  const settings = await storage.ldap.settings(organisationId);
  if (!settings) return;
  const taken = settings.groups.taken.map((group) => (group.dn === dn ? { dn, groupId } : group));
  await storage.ldap.set(organisationId, { ...settings, groups: { ...settings.groups, taken } });
}
