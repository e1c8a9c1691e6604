/** The activity log: read by the page with names for its ids, and written to a file. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Input, Output } from '../../../contract/index.ts';
import type { ActivityEntry, ActivityFilter, ActivityScope } from '../../../contract/activity.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { asDiskFault } from '../../custody/index.ts';
import { exportActivity, listActivity } from '../../remote/index.ts';
import type { ActivityPlace, ActivityWish, RemoteActivity } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { ObjectNames } from './objectnames.ts';

export interface ActivityDeskOptions {
  readonly current: () => OpenAccount;
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>;
}

export class ActivityDesk {
  readonly #options: ActivityDeskOptions;

  constructor(options: ActivityDeskOptions) {
    this.#options = options;
  }

  /** By what the server announced and the rights on the vault; the whole log depends on the role. */
  offered(scope: ActivityScope): { offered: boolean } {
    const { mirror } = this.#options.current();
    if (!announcedFeatures(mirror).has('activityLog') || scope.kind === 'all') return { offered: false };
    if (scope.kind === 'vault') {
      const vault = mirror.vaults.get(scope.vaultId);
      return { offered: vault?.permissions.includes('directory:activityLog:read') ?? false };
    }
    const record = mirror.records.get(scope.recordId);
    if (record?.kind !== 'record' || record.serverId === '' || record.vaultId === null) {
      return { offered: false };
    }
    const vault = mirror.vaults.get(record.vaultId);
    return { offered: vault?.permissions.includes('item:activityLog:read') ?? false };
  }

  /** What arrived last first. Throws `noSuchVault`, `noSuchRecord`, `forbidden`, network codes. */
  async page(input: Input<'activity', 'page'>): Promise<Output<'activity', 'page'>> {
    const account = this.#options.current();
    const { scope, filter, offset, limit } = input;
    const place = placeOf(account, scope);
    const page = { offset, limit };
    const { items, total } = await listActivity(account.client, place, wishOf(account, filter, scope), page);
    const names = new ObjectNames(account);
    await names.prepare(items);
    return { total, rows: items.map((entry) => entryOf(entry, names)) };
  }

  /** Asks where to, then writes what the server gives, readable for this user alone. */
  async export({ filter, format }: Input<'activity', 'export'>): Promise<{ saved: boolean }> {
    const account = this.#options.current();
    const target = await this.#options.chooseTarget(`activity.${format}`);
    if (target === null) return { saved: false };
    const wish = wishOf(account, filter, { kind: 'all' });
    const file = await exportActivity(account.client, wish, format);
    if (account.closed) throw new StrongroomError('cancelled');
    const part = join(dirname(target), `.strongroom-${randomBytes(6).toString('hex')}.part`);
    try {
      await writeFile(part, file, { mode: 0o600 });
      await rename(part, target);
    } catch (error) {
      // What went wrong first is what a person must hear, not that the remains could not be removed.
      await rm(part, { force: true }).catch(() => undefined);
      throw asDiskFault(error);
    }
    return { saved: true };
  }
}

function placeOf(account: OpenAccount, scope: ActivityScope): ActivityPlace {
  if (scope.kind === 'all') return scope;
  if (scope.kind === 'vault') return { kind: 'vault', id: serverVault(account, scope.vaultId) };
  const record = account.mirror.records.get(scope.recordId);
  if (record === null || record.serverId === '') throw new StrongroomError('noSuchRecord');
  return { kind: 'item', id: record.serverId };
}

function serverVault({ mirror }: OpenAccount, vaultId: string): string {
  const vault = mirror.vaults.get(vaultId);
  if (vault === null) throw new StrongroomError('noSuchVault');
  return vault.serverId;
}

function wishOf(account: OpenAccount, filter: ActivityFilter, scope: ActivityScope): ActivityWish {
  const { events, actorId, vaultId, from, to } = filter;
  const narrowed = scope.kind === 'all' && vaultId !== null ? serverVault(account, vaultId) : null;
  return { events, actorId, vaultId: narrowed, from, to };
}

function entryOf(entry: RemoteActivity, names: ObjectNames): ActivityEntry {
  const named = (id: string) => ({ id, name: names.nameOf(id) });
  const { id, event, actor, objectId, subjectId, vaultId, at, arrivedAt, isOffline } = entry;
  return {
    ...{ id, event, actor, at, arrivedAt, offline: isOffline, object: named(objectId) },
    subject: subjectId === null ? null : named(subjectId),
    vault: vaultId === null ? null : named(vaultId),
    action: entry.action ?? null,
    address: entry.address ?? null,
    client: entry.client ?? null,
  };
}
