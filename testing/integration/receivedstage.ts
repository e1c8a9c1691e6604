/**
 * The stage of the suites about records that were sent for editing: a sender and a receiver, each with
 * an application of their own, and the line of the receiver, which breaks.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { ConflictView } from '../../contract/conflicts.ts';
import type { RecordRow, RecordView } from '../../contract/records.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

export const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const byName = { by: 'name', descending: false } as const;

/** How the receiver hears of changes, and what of the server is hidden from their device for that. */
export const ways: readonly (readonly [string, readonly string[]])[] = [
  ['by the change feed', []],
  ['by listings', ['changes']],
  ['on a server that compares no revisions', ['changes', 'revisionPreconditions', 'itemRevision']],
];

export const read = (app: Application, recordId: string): Promise<RecordView> =>
  app.ask('records', 'read', { recordId });

export async function password(app: Application, recordId: string): Promise<string> {
  return (await app.ask('records', 'revealField', { recordId, field: { kind: 'password' } })).value;
}

/** Resolves when nothing waits to be sent; what is held or undecided may. */
export async function settled(app: Application): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle' });
      const { rows } = await app.ask('sync', 'waiting', { offset: 0, limit: 100 });
      expect(rows.filter(({ state }) => state === 'waiting' || state === 'sending')).toEqual([]);
    },
    { timeout: 20_000 },
  );
}

export class ReceivedStage {
  readonly organisation: SmallOrganisation;
  readonly line: LyingProxy;
  readonly folder = mkdtempSync(join(tmpdir(), 'strongroom-received-'));
  readonly sender = new Application();
  /** boris', behind the line that breaks. */
  readonly receiver = new Application();
  readonly #server: OwnServer;
  #count = 0;
  name = '';
  /** The record in the sender's vault. */
  sentId = '';
  /** The inbox entry at the server. */
  entryId = '';
  /** The entry on the receiver's device. */
  receivedId = '';

  private constructor(server: OwnServer, organisation: SmallOrganisation, line: LyingProxy) {
    this.#server = server;
    this.organisation = organisation;
    this.line = line;
  }

  static async open(hidden: readonly string[]): Promise<ReceivedStage> {
    const server = await startOwnServer();
    const organisation = await buildSmallOrganisation(server);
    const stage = new ReceivedStage(server, organisation, await LyingProxy.start(server.url, hidden));
    await stage.sender.enrol(server.url, anna);
    await stage.receiver.enrol(stage.line.url, boris);
    return stage;
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.receiver.close();
    await this.line.close();
    await this.#server.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Before each test: a record of its own, which the receiver has been sent with `write`. */
  async begin(): Promise<void> {
    const { organisation, receiver, sender } = this;
    this.#count += 1;
    this.name = `Given ${String(this.#count)}`;
    const made = await sender.ask('editing', 'create', {
      place: { vaultId: organisation.servers.id, folderId: null },
      fields: {
        ...{ name: this.name, login: 'root', password: set('as it was') },
        customs: [{ from: null, label: set('PIN'), type: 'password', value: set('1111') }],
      },
    });
    await settled(sender);
    this.sentId = made.recordId;
    const { userId } = organisation.boris;
    const { keys } = await sender.ask('sharing', 'keysOf', { userIds: [userId] });
    const people = [{ userId, fingerprint: keys[0]?.fingerprint ?? null }];
    await sender.ask('sharing', 'send', {
      ...{ recordIds: [this.sentId], access: 'write', people, groups: [] },
    });
    this.entryId = (await sender.ask('sharing', 'given', { recordId: this.sentId })).entries[0]?.id ?? '';
    await receiver.synced();
    this.receivedId = (await this.inbox()).find((row) => row.name === this.name)?.id ?? '';
  }

  /** After each test. */
  end(): void {
    this.line.setDown(false);
    this.line.tell(null);
  }

  /** The line works again, and everything that can go out has gone. */
  async heal(): Promise<void> {
    this.line.setDown(false);
    await settled(this.receiver);
  }

  async inbox(): Promise<RecordRow[]> {
    const scope = { kind: 'inbox' } as const;
    const window = { scope, sort: byName, offset: 0, limit: 200 };
    return (await this.receiver.ask('records', 'page', window)).rows;
  }

  /** The only conflict of this test's record. */
  async theConflict(): Promise<ConflictView> {
    const { rows } = await this.receiver.ask('conflicts', 'list', {});
    const found = rows.filter((row) => row.name === this.name);
    expect(found.length).toBe(1);
    return this.receiver.ask('conflicts', 'read', { id: found[0]?.id ?? '' });
  }

  /** A vault of the receiver's own. */
  async ownVault(): Promise<string> {
    const { vaults } = await this.receiver.ask('tree', 'overview', {});
    return vaults.find((vault) => vault.name === 'Boris')?.id ?? '';
  }
}
