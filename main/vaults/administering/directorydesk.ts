/** The directory that people come from: what the server is told of it, and what a sync would do. */
import type { Input, Output } from '../../../contract/index.ts';
import {
  listDirectoryGroups,
  previewDirectory,
  readDirectoryState,
  removeDirectory,
  setDirectory,
  syncDirectory,
  testDirectory,
} from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** What was typed goes into the request as text; the bytes are wiped once it is there. */
function textOf(typed: Uint8Array | null): string | null {
  if (typed === null) return null;
  const text = Buffer.from(typed).toString('utf8');
  typed.fill(0);
  return text;
}

export class DirectoryDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  async read(): Promise<Output<'directory', 'read'>> {
    const { settings, progress, outcome } = await readDirectoryState(this.#current().client);
    const told = outcome && { ...outcome, finishedAt: outcome.finishedAt * 1000 };
    return { settings, progress, outcome: told };
  }

  save({ settings, password }: Input<'directory', 'save'>): Promise<unknown> {
    return setDirectory(this.#current().client, settings, textOf(password));
  }

  remove(): Promise<unknown> {
    return removeDirectory(this.#current().client);
  }

  test({ settings, password }: Input<'directory', 'test'>): Promise<Output<'directory', 'test'>> {
    return testDirectory(this.#current().client, settings, textOf(password));
  }

  async groups(): Promise<Output<'directory', 'groups'>> {
    return { groups: await listDirectoryGroups(this.#current().client) };
  }

  async preview(): Promise<Output<'directory', 'preview'>> {
    const { changes, ...rest } = await previewDirectory(this.#current().client);
    return {
      ...rest,
      changes: changes.map(({ former, ...change }) => {
        const isRenamed = former !== null && former.login !== change.login;
        return { ...change, formerLogin: isRenamed ? former.login : null };
      }),
    };
  }

  async sync(digest: string | null): Promise<void> {
    await syncDirectory(this.#current().client, digest);
  }
}
