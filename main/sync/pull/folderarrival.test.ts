/** A folder made here on a line that loses requests and answers: it comes to be once, here and there. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredFolder } from '../../mirror/model.ts';
import { aFolder, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitFolder } from '../../vaults/editing/committing.ts';
import { binFolder, putBack } from '../outbox/binning.ts';
import { folderHere } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { undoing, unreachableContext } from '../testcontext.ts';
import { settleFolder, settleRemoval } from '../push/settling.ts';
import { takeFolders } from './foldertake.ts';
import { contentHash } from './rows.ts';
import { binFolderTold } from './toldbin.ts';

let here: TestMirror;
let context: PullContext;
beforeAll(() => {
  here = temporaryMirror();
  here.mirror.vaults.upsert(aVault({ id: 'v' }));
  context = unreachableContext(here.mirror);
});
afterAll(async () => {
  await context.client.connection.close();
  here[Symbol.dispose]();
});

const withMirror = (work: (mirror: Mirror) => void): void => undoing(here.mirror, work);

/** A server that carries out each request once, by its key, and a device with one folder of its own. */
class Making {
  readonly mirror: Mirror;
  readonly #ofKey = new Map<string, string>();
  readonly #there = new Map<string, { name: string; isDeleted: boolean }>();
  #typed = 0;

  constructor(mirror: Mirror) {
    this.mirror = mirror;
    const folder = aFolder({
      id: 'made',
      serverId: '',
      vaultId: 'v',
      parentId: null,
      name: 'made',
      contentHash: '',
    });
    const change = { kind: 'createFolder', vaultId: 'v', parentId: null, name: 'made' } as const;
    commitFolder(mirror, null, folder, change, 1);
  }

  type(): void {
    const folder = this.mirror.folders.get('made');
    const name = `typed ${String((this.#typed += 1))}`;
    if (folder !== null)
      commitFolder(this.mirror, folder, { ...folder, name }, { kind: 'renameFolder', name }, 1);
  }

  remove(): void {
    if (this.mirror.folders.get('made') !== null) binFolder(this.mirror, 'made', 1);
  }

  putBack(): void {
    if (this.mirror.bin.get('made') !== null) putBack(this.mirror, 'made', { at: 1, serverRestores: true });
  }

  send(isArriving: boolean, isHeard: boolean): void {
    const { mirror } = this;
    const operation = mirror.outbox.ofObject('folder', 'made')[0];
    const folder = folderHere(mirror, 'made');
    if (operation === undefined || operation.state === 'held' || folder === null) return;
    mirror.outbox.tried(operation.id, 1);
    if (!isArriving) return;
    const { id: key, change } = operation;
    if (change.kind === 'createFolder') {
      const serverId = this.#ofKey.get(key) ?? `there-${String(this.#there.size)}`;
      if (!this.#ofKey.has(key)) this.#there.set(serverId, { name: change.name, isDeleted: false });
      this.#ofKey.set(key, serverId);
      expect(mirror.folders.byServerId(serverId)?.id ?? 'made').toBe('made');
      if (isHeard) settleFolder(context, operation, { serverId });
      return;
    }
    const known = this.#there.get(folder.serverId);
    expect(known, `${change.kind} of what the server has`).toBeDefined();
    if (known === undefined) return;
    if (change.kind === 'removeFolder') {
      known.isDeleted = true;
      if (isHeard) settleRemoval(context, operation, 'entry');
      return;
    }
    if (change.kind === 'restoreFolder') known.isDeleted = false;
    if (change.kind === 'renameFolder' && !known.isDeleted) known.name = change.name;
    if (isHeard) settleFolder(context, operation, change.kind === 'restoreFolder' ? { folderId: null } : {});
  }

  pull(): void {
    const standing: StoredFolder[] = [];
    for (const [id, { name, isDeleted }] of this.#there) {
      const members = { id, serverId: id, vaultId: 'v', parentId: null, name, color: 0 };
      if (isDeleted) binFolderTold(context, id, { binItemId: 'entry', deletedAt: 1 });
      else standing.push({ ...members, contentHash: contentHash(members) });
    }
    takeFolders(context, 'v', standing);
  }

  /** One folder, here in the tree or in the bin, and at most one there. */
  expectOnce(): void {
    const ids = [
      ...this.mirror.folders.ofVault('v').map(({ id }) => id),
      ...this.mirror.bin.ofVault('v').map(({ id }) => id),
    ];
    expect(ids).toEqual(['made']);
    expect(this.#there.size).toBeLessThanOrEqual(1);
  }

  /** Everything goes out and is heard; both sides show the same then. */
  expectRest(): void {
    for (let turn = 0; turn < 4; turn += 1) {
      this.pull();
      for (let each = 0; each < 8; each += 1) this.send(true, true);
    }
    this.pull();
    this.expectOnce();
    expect(this.mirror.outbox.all()).toEqual([]);
    const [there] = this.#there.values();
    const shown = this.mirror.folders.get('made')?.name;
    expect(shown).toBe(there === undefined || there.isDeleted ? undefined : there.name);
  }
}

const step = fc.oneof(
  fc.constantFrom('type', 'remove', 'putBack', 'pull').map((kind) => ({ kind }) as const),
  fc.tuple(fc.boolean(), fc.boolean()).map(([arrives, heard]) => ({ kind: 'send', arrives, heard }) as const),
);

describe('a folder made here', () => {
  it('comes to be once, whatever the line loses, and is the same on both sides in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
        withMirror((mirror) => {
          const making = new Making(mirror);
          for (const each of steps) {
            if (each.kind === 'send') making.send(each.arrives, each.heard);
            else making[each.kind]();
            making.expectOnce();
          }
          making.expectRest();
        });
      }),
      { numRuns: 500 },
    );
  });
});
