/** Files of imported records: under whose key they are encrypted, and how they come into the store. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { ImportPlan } from '../../../contract/exchange.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredAttachment } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { newId } from '../editing/committing.ts';
import { recordFor } from '../editing/rights.ts';
import { movable, type ExchangeThread } from './exchangethread.ts';

/** A file of a record by its place there. */
export interface WantedFile {
  readonly name: string;
  readonly size: number;
  readonly file: number;
}

/** The key is the caller's to wipe. */
export interface FileOwner {
  readonly key: RecordKey | null;
  readonly keyWrapped: string | null;
}

/** A stored file and the key of the record that it belongs to. */
export interface SealedFile extends FileOwner {
  readonly attachment: StoredAttachment;
}

/** The key that files of a record are encrypted under: its own, or that of the one it is written over. */
export function ownerOf(account: OpenAccount, plan: ImportPlan, like: string | undefined): FileOwner {
  if (like === undefined || plan.duplicates !== 'update') return account.seals.newKey(plan.to.vaultId);
  const stored = recordFor(account, like, 'item:edit');
  return { key: account.secrets.takeRecordKey(stored), keyWrapped: stored.keyWrapped };
}

/** Encrypts a file of the record at a place of the import, in the thread. Throws `cancelled`, disk codes. */
export async function sealFile(
  { account, thread }: { readonly account: OpenAccount; readonly thread: ExchangeThread },
  record: number,
  { name, size, file }: WantedFile,
  owner: FileOwner,
): Promise<SealedFile> {
  const wire = await thread.ask({ kind: 'seal', record, file, recordKey: movable(owner.key) });
  if (account.closed) throw new StrongroomError('cancelled');
  const id = newId();
  const { localFile } = await account.files.store({ recordId: '', attachmentId: id, ...wire });
  const { encryptedKey, hash } = wire;
  return { ...owner, attachment: { id, serverId: null, name, encryptedKey, hash, size, localFile } };
}
