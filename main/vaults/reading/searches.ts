/** Searches that a person kept, in the account that is shown. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SavedSearch } from '../../../contract/searching.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

export class Searches {
  readonly #current: () => OpenAccount;

  constructor(current: () => OpenAccount) {
    this.#current = current;
  }

  list(): SavedSearch[] {
    return this.#current().mirror.savedSearches.all();
  }

  /** A query that is kept already only gets the new name. Throws `tooManySearches`, disk codes. */
  save(name: string, query: string): { id: string } {
    return { id: this.#current().mirror.savedSearches.save(name, query) };
  }

  /** Throws `noSuchSearch`. */
  rename(id: string, name: string): void {
    if (!this.#current().mirror.savedSearches.rename(id, name)) throw new StrongroomError('noSuchSearch');
  }

  /** Nothing happens if it is gone already. */
  remove(id: string): void {
    this.#current().mirror.savedSearches.remove(id);
  }
}
