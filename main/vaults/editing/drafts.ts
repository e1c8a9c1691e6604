/** Drafts of the shown account, as the page asks for them. */
import type { DraftContent, DraftRow } from '../../../contract/drafts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { wipeDraft } from './draftkeeper.ts';

export class Drafts {
  readonly #current: () => OpenAccount;

  constructor({ current }: { current: () => OpenAccount }) {
    this.#current = current;
  }

  /** Keeps a form; its typed bytes are wiped. Throws `locked` if its account is not the shown one, disk codes. */
  keep(accountId: string, id: string, content: DraftContent): { at: number } {
    try {
      const account = this.#current();
      if (account.id !== accountId) throw new StrongroomError('locked');
      return { at: account.drafts.keep(id, content) };
    } finally {
      wipeDraft(content);
    }
  }

  /** Newest first, without anything secret. */
  list(): { drafts: DraftRow[] } {
    const { drafts, mirror } = this.#current();
    return {
      drafts: drafts.list().map(({ id, at, content }) => {
        wipeDraft(content);
        const { target, form } = content;
        const gone = target.kind === 'edit' && mirror.records.get(target.recordId) === null;
        return { id, target, name: form.name, at, gone };
      }),
    };
  }

  /** The form with what was typed. Throws `noSuchDraft`. */
  open(id: string): DraftContent {
    return this.#current().drafts.open(id);
  }

  /** Saved, or given up by the person. */
  drop(id: string): void {
    this.#current().drafts.drop(id);
  }
}
