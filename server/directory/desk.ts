/**
 * The desk where syncs are asked for: one at a time for each organisation, by hand or when the
 * interval is over. A sync outlives the request that asked for it, so it runs outside of every
 * request's transaction.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { covers, permissionsOf } from '../access/permissions.ts';
import type { Clock } from '../clock.ts';
import type { Activity } from '../storage/activity.ts';
import { newOrderedId } from '../storage/ids.ts';
import type { SyncCounts, SyncOutcome } from '../storage/ldap.ts';
import type { Repositories, Storage } from '../storage/storage.ts';
import type { SyncNote, SyncPlace } from './applying.ts';
import { Applying } from './applying.ts';
import { withDirectory } from './connection.ts';
import type { Known, KnownGroup, KnownPerson, Plan } from './plan.ts';
import { blocksTooMany, planSync } from './plan.ts';
import { readDirectory } from './reading.ts';
import type { DirectorySettings } from './settings.ts';
import { DirectoryProblem } from './settings.ts';

export interface DeskContext {
  storage: Storage;
  clock: Clock;
  endSessions(userId: string): Promise<void>;
  tellActivity(entries: readonly Activity[]): void;
  /** Told of failures that are not the directory's, by name only. */
  failed(error: unknown): void;
}

/** A sync under way. */
export interface Progress {
  done: number;
  total: number;
}

export interface DirectoryDesk {
  /** What a sync would do now. Rejects with a `DirectoryProblem`. */
  preview(organisationId: string, settings: DirectorySettings): Promise<Plan>;
  /**
   * Begins a sync and does not wait for it; false when one is under way. With the digest of a plan
   * that somebody has seen, nothing happens unless the plan is still the same.
   */
  start(organisationId: string, startedBy: string | null, digest: string | null): boolean;
  progress(organisationId: string): Progress | null;
  /** Begins the syncs whose interval is over. */
  startDue(): Promise<void>;
  /** Lets syncs end after their portion, and waits for that. */
  close(): Promise<void>;
}

const shownConflicts = 200;
const nothing: SyncCounts = {
  ...{ added: 0, adopted: 0, changed: 0, blocked: 0, unblocked: 0 },
  ...{ groupsMade: 0, joined: 0, left: 0, requested: 0 },
};

/** The people as a plan needs them; whoever may do more than the person who set it up is not led. */
async function knownPeople(
  storage: Repositories,
  organisationId: string,
  settings: DirectorySettings,
): Promise<KnownPerson[]> {
  const setter = await storage.users.find(settings.changedBy);
  const mayDo = setter ? await permissionsOf(storage, setter) : new Set<never>();
  const people = await storage.directory.list(organisationId);
  const known: KnownPerson[] = [];
  for (const person of people) {
    const { id, login, fullName, email, isOwner, isBlocked, link = null } = person;
    const mayBeLed = person.role === 'user' || covers(mayDo, await permissionsOf(storage, person));
    known.push({ id, login, fullName, email, isOwner, isBlocked, link, mayBeLed });
  }
  return known;
}

async function knownGroups(
  storage: Repositories,
  organisationId: string,
  settings: DirectorySettings,
): Promise<Map<string, KnownGroup>> {
  const wanted = new Set(settings.groups.taken.map(({ groupId }) => groupId));
  const groups = (await storage.groups.list(organisationId)).filter(({ id }) => wanted.has(id));
  const known = new Map<string, KnownGroup>();
  for (const { id, name } of groups) {
    known.set(id, { id, name, memberIds: await storage.groups.memberIds(id) });
  }
  return known;
}

class Desk implements DirectoryDesk {
  readonly #context: DeskContext;
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #running = new Map<string, { progress: Progress; ended: Promise<void> }>();
  #isStopping = false;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  async preview(organisationId: string, settings: DirectorySettings): Promise<Plan> {
    return (await this.#plan(organisationId, settings)).plan;
  }

  start(organisationId: string, startedBy: string | null, digest: string | null): boolean {
    if (this.#running.has(organisationId) || this.#isStopping) return false;
    const progress = { done: 0, total: 0 };
    const ended = this.#outside(() => this.#run(organisationId, startedBy, digest, progress));
    this.#running.set(organisationId, { progress, ended });
    return true;
  }

  progress(organisationId: string): Progress | null {
    return this.#running.get(organisationId)?.progress ?? null;
  }

  async startDue(): Promise<void> {
    const now = this.#now();
    for (const { organisationId, ranAt, settings } of await this.#context.storage.ldap.all()) {
      if (settings.intervalMinutes === null) continue;
      if (ranAt === null || now - ranAt >= settings.intervalMinutes * 60)
        this.start(organisationId, null, null);
    }
  }

  async close(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #now(): number {
    return Math.floor(this.#context.clock() / 1000);
  }

  async #plan(organisationId: string, settings: DirectorySettings) {
    const { storage } = this.#context;
    const reading = await withDirectory(settings, (directory) => readDirectory(directory, settings));
    const known: Known = {
      people: await knownPeople(storage, organisationId, settings),
      groups: await knownGroups(storage, organisationId, settings),
      isTaken: async (login) => (await storage.users.findByLogin(login)) !== undefined,
    };
    return { plan: await planSync(reading, known, settings), known };
  }

  async #run(
    organisationId: string,
    startedBy: string | null,
    digest: string | null,
    progress: Progress,
  ): Promise<void> {
    const startedAt = this.#now();
    const outcome: SyncOutcome = {
      ...{ startedAt, finishedAt: startedAt, startedBy, result: 'failed', fault: null },
      ...{ counts: nothing, conflicts: [], conflictCount: 0 },
    };
    try {
      await this.#context.storage.ldap.begin(organisationId, startedAt);
      Object.assign(outcome, await this.#sync(organisationId, startedBy, digest, progress));
    } catch (error) {
      outcome.fault = error instanceof DirectoryProblem ? error.fault : 'internal';
      if (!(error instanceof DirectoryProblem)) this.#context.failed(error);
    }
    try {
      outcome.finishedAt = this.#now();
      await this.#finish(organisationId, outcome);
    } catch (error) {
      this.#context.failed(error);
    } finally {
      this.#running.delete(organisationId);
    }
  }

  async #sync(
    organisationId: string,
    startedBy: string | null,
    digest: string | null,
    progress: Progress,
  ): Promise<Partial<SyncOutcome>> {
    const { storage } = this.#context;
    const settings = await storage.ldap.settings(organisationId);
    const organisation = await storage.organisations.find(organisationId);
    if (!settings || !organisation) return {};
    const { plan, known } = await this.#plan(organisationId, settings);
    const told = {
      ...{ conflicts: plan.conflicts.slice(0, shownConflicts), conflictCount: plan.conflicts.length },
    };
    const isSeen = digest !== null && digest === plan.digest;
    if ((digest !== null && !isSeen) || (!isSeen && blocksTooMany(plan))) {
      return { ...told, result: 'refused' };
    }
    progress.total = plan.changes.length;
    const place: SyncPlace = {
      ...{ organisationId, clientSideEncryption: organisation.clientSideEncryption },
      ...{ responsibleId: startedBy ?? settings.changedBy, at: this.#now() },
    };
    const applying = this.#applying(place, startedBy, progress, known, settings);
    await applying.all(plan);
    return { ...told, result: 'done', counts: applying.counts };
  }

  #applying(
    place: SyncPlace,
    startedBy: string | null,
    progress: Progress,
    known: Known,
    settings: DirectorySettings,
  ): Applying {
    const userIds = known.people.flatMap(({ id, link }) => (link ? [[link.key, id] as const] : []));
    const groupIds = settings.groups.taken.flatMap(({ dn, groupId }) =>
      groupId !== null && known.groups.has(groupId) ? [[dn, groupId] as const] : [],
    );
    const around = {
      storage: this.#context.storage,
      log: (notes: readonly SyncNote[]) => this.#log(place.organisationId, startedBy, notes),
      endSessions: this.#context.endSessions,
      progress: (done: number) => (progress.done = done),
      isStopping: () => this.#isStopping,
    };
    return new Applying(place, around, new Map(userIds), new Map(groupIds));
  }

  async #finish(organisationId: string, outcome: SyncOutcome): Promise<void> {
    await this.#context.storage.whole(async () => {
      await this.#context.storage.ldap.setOutcome(organisationId, outcome);
      const note = { event: 'directory_synced', objectId: organisationId } as const;
      await this.#log(organisationId, outcome.startedBy, [note], outcome.result);
    });
  }

  async #log(
    organisationId: string,
    startedBy: string | null,
    notes: readonly SyncNote[],
    action: string | null = null,
  ): Promise<void> {
    const entries = notes.map((note): Activity => ({
      ...{ id: newOrderedId(this.#context.clock()), organisationId, actorId: startedBy ?? '', action },
      ...{ event: note.event, objectId: note.objectId, subjectId: note.subjectId ?? null },
      ...{ vaultId: note.vaultId ?? null, actedAt: this.#now(), arrivedAt: this.#now() },
      ...{ isOffline: false, address: null, client: null },
    }));
    const { storage } = this.#context;
    await storage.activity.insert(entries);
    await storage.afterCommit(async () => this.#context.tellActivity(entries));
  }
}

/** A desk over the storage of a server. */
export const directoryDesk = (context: DeskContext): DirectoryDesk => new Desk(context);
