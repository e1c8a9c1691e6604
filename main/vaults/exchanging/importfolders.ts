/** Folders of an import: what is there under the same name is used, the rest is made. */
import type { Place } from '../../../contract/editing.ts';
import type { ImportPlan } from '../../../contract/exchange.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitFolder, newId } from '../editing/committing.ts';

const longestName = 1024;

export class ImportFolders {
  readonly #account: OpenAccount;
  readonly #to: Place;
  /** Stands before every path. */
  readonly #outermost: readonly string[];
  readonly #now: number;
  /** Ids by parent and name. */
  readonly #known = new Map<string, string>();
  /** Folders that were made or, where nothing is written, would be made. */
  #count = 0;

  constructor(account: OpenAccount, { to, intoFolder }: Pick<ImportPlan, 'to' | 'intoFolder'>, now: number) {
    this.#account = account;
    this.#to = to;
    this.#outermost = intoFolder === null ? [] : [intoFolder];
    this.#now = now;
    for (const { id, parentId, name } of account.mirror.folders.ofVault(to.vaultId)) {
      this.#known.set(keyOf(parentId, name), id);
    }
  }

  get count(): number {
    return this.#count;
  }

  /** The folder of a path below the target, made where it is missing unless `pretend`. */
  at(path: readonly string[], pretend: boolean): string | null {
    let parentId = this.#to.folderId;
    for (const part of [...this.#outermost, ...path]) {
      const name = part.slice(0, longestName);
      const known = this.#known.get(keyOf(parentId, name));
      const id: string =
        known ?? (pretend ? `pretended ${String((this.#count += 1))}` : this.#make(parentId, name));
      this.#known.set(keyOf(parentId, name), id);
      parentId = id;
    }
    return parentId;
  }

  #make(parentId: string | null, name: string): string {
    const id = newId();
    const { vaultId } = this.#to;
    const folder = { id, serverId: '', vaultId, parentId, name, color: 0, contentHash: '' };
    commitFolder(
      this.#account.mirror,
      null,
      folder,
      { kind: 'createFolder', vaultId, parentId, name },
      this.#now,
    );
    this.#account.mirror.importSteps.addFolder(id);
    this.#count += 1;
    return id;
  }
}

const keyOf = (parentId: string | null, name: string): string => JSON.stringify([parentId, name]);
