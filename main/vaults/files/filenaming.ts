/**
 * Renaming files of records. Names travel as plain text beside the encrypted contents (Passwork 7
 * protocol, attachments), so a new name changes nothing of what is encrypted.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitFileName, isUnsentFile } from '../editing/filenames.ts';
import { recordFor, rightsOn } from '../editing/rights.ts';
import { fileOf } from './contents.ts';
import { distinctName } from './distinctname.ts';

/** Name of the feature that a server announces which renames files. */
const renameFeature = 'attachmentRename';

export class FileNaming {
  readonly #current: () => OpenAccount;

  constructor(current: () => OpenAccount) {
    this.#current = current;
  }

  /** Whether files of a record can be renamed: by the server, and by this user. Throws `noSuchRecord`. */
  canRename(recordId: string): boolean {
    const account = this.#current();
    const record = account.mirror.records.get(recordId);
    if (record === null) throw new StrongroomError('noSuchRecord');
    return announcedFeatures(account.mirror).has(renameFeature) && rightsOn(account, record).edit;
  }

  /**
   * Gives a file another name, which no other file of the record has; gives the name that it has now.
   * What was never sent can be renamed with any server. Throws as the channel says.
   */
  rename(recordId: string, attachmentId: string, wanted: string): { name: string } {
    const account = this.#current();
    const { mirror } = account;
    const record = recordFor(account, recordId, 'item:edit');
    const file = fileOf(record, attachmentId);
    const trimmed = wanted.trim();
    if (trimmed === '') throw new StrongroomError('nameMissing');
    if (!isUnsentFile(mirror, record, attachmentId) && !announcedFeatures(mirror).has(renameFeature)) {
      throw new StrongroomError('notOffered');
    }
    const others = record.attachments.filter(({ id }) => id !== attachmentId);
    const name = distinctName(
      trimmed,
      others.map((each) => each.name),
    );
    if (name === file.name) return { name };
    commitFileName(mirror, record, attachmentId, name, Date.now());
    account.edited([recordId]);
    return { name };
  }
}
