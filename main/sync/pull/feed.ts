/**
 * Bringing the mirror up to date by the change feed of our own server.
 *
 * A cursor is worth as much as the whole pull it began with: it is taken before the first
 * listing is read, so what changes while the listings are read is told again afterwards. Each
 * page moves it in the transaction that writes the page, so a cut feed goes on where it was.
 *
 * The feed tells a thing once. So as long as this device has refused something (a record, a
 * vault key), the listings are compared instead: only there it shows that the server has come
 * back to what it delivered before.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { Mirror, Pins } from '../../mirror/index.ts';
import { listVaultTypes, readChanges } from '../../remote/index.ts';
import type { ChangePage, RemoteChange, RemoteVaultType } from '../../remote/index.ts';
import { endDoubt, isInDoubt, mustCompareListings } from '../doubt.ts';
import { cursorKey, FeedPage } from './feedpage.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { flaggedKey } from './intake.ts';
import { noteContact } from '../offlineterm.ts';
import { noteEncryptionChange } from '../encryptionchange.ts';
import { notePasswordPolicies } from '../passwordpolicies.ts';
import { breathe } from '../pace.ts';
import { pull } from './pull.ts';
import type { PullContext } from '../pullcontext.ts';
import { pullFiles } from './pullextras.ts';
import { lastSyncedKey, markKey } from './resume.ts';
import { settleStrays } from '../outbox/strays.ts';
import { listingCompared, noteRollback } from './rollback.ts';
import { pullBin } from './toldbin.ts';
import { verifyStatedAccount } from '../trust/verification.ts';

/** Things of one page: written at one go, so few enough not to keep the window waiting (about 8 ms). */
const pageSize = 25;
/** Key of the sync state under which the cursor of a first pull waits for its end. */
const startKey = 'changeCursorAtStart';
/** Key of the sync state that says that the bin has to be compared as a whole. */
const binDueKey = 'binListingDue';

/** Whether the feed can be gone on with: there is a cursor, and nothing is in doubt. */
export function feedIsUsable(mirror: Mirror): boolean {
  if (mirror.syncState.get(cursorKey) === null || mustCompareListings(mirror)) return false;
  if ((mirror.syncState.get(flaggedKey) ?? '') !== '') return false;
  return mirror.vaults.all().every(({ id }) => mirror.pins.vaultKey(id)?.trust !== 'keyChanged');
}

/**
 * Takes everything that the feed has to tell. Nothing of a page counts before what it states
 * of the account was held against the pins. False when the server cannot go on from our cursor.
 * @throws StrongroomError the codes of `verifyStatedAccount` and of `FeedPage.take`.
 */
export async function pullChanges(context: PullContext, pins: Pins): Promise<boolean> {
  const { client, mirror, progress, signal } = context;
  let types: readonly RemoteVaultType[] | null = null;
  let done = 0;
  for (let more = true; more;) {
    const since = mirror.syncState.get(cursorKey);
    const page = since === null ? 'expired' : await readChanges(client, { since, limit: pageSize }, signal);
    if (typeof page === 'string') {
      mirror.syncState.set(cursorKey, null);
      if (page === 'lostFuture') noteRollback(context);
      return false;
    }
    verifyStatedAccount(page.account, pins);
    noteContact(mirror, context.now(), page.account.offline);
    notePasswordPolicies(mirror, page.account.passwordPolicies);
    const { encryptionChange } = page.account;
    if (encryptionChange !== undefined) noteEncryptionChange(mirror, encryptionChange);
    if (page.hasMore && (page.changes.length === 0 || page.cursor === since)) {
      throw new StrongroomError('badAnswer', { reason: 'repeated' });
    }
    // Noted before the page is written: a sync that is cut in between asks all the same.
    if (page.changes.some(movesBin)) mirror.syncState.set(binDueKey, 'due');
    if (namesVault(page)) types ??= await listVaultTypes(client, signal);
    if (page.cursor !== since) await takePage(context, page, types ?? []);
    more = page.hasMore;
    done += page.changes.length;
    if (more) progress('records', done, 0);
  }
  if (mirror.syncState.get(binDueKey) !== null) await pullBin(context);
  mirror.syncState.set(binDueKey, null);
  await pullFiles(context);
  progress('finishing', 0, 0);
  return true;
}

/** Compares whole listings; where the server has a feed, it can be gone on with afterwards. */
export async function pullListings(context: PullContext): Promise<void> {
  const { mirror } = context;
  // Only what was changed here can have left strays, and looking for them goes through everything.
  const mayStray = isInDoubt(mirror) || mirror.outbox.counts().waiting > 0;
  endDoubt(mirror);
  const cursor = context.features.has('changes') ? await cursorAtStart(context) : null;
  await pull(context);
  if (mayStray) settleStrays(mirror, context.now());
  mirror.transaction(() => {
    listingCompared(mirror);
    mirror.syncState.set(cursorKey, cursor);
    mirror.syncState.set(startKey, null);
  });
}

/**
 * A first pull that was cut goes on in the middle, so it keeps the cursor it began with, even
 * an old one: that only means to be told some things twice.
 */
async function cursorAtStart({ client, mirror, signal }: PullContext): Promise<string | null> {
  const { syncState } = mirror;
  const isFirst = syncState.get(lastSyncedKey) === null;
  const kept = isFirst ? syncState.get(startKey) : null;
  if (kept !== null) return kept;
  // Begun without a cursor: what changed since then would never be told.
  if (isFirst && syncState.get(markKey) !== null) return null;
  const page = await readChanges(client, { since: null, limit: 1 }, signal);
  if (typeof page !== 'string' && isFirst) syncState.set(startKey, page.cursor);
  return typeof page === 'string' ? null : page.cursor;
}

/** With access to places, sight of what was deleted from them comes and goes, and is not told by itself. */
function movesBin(change: RemoteChange): boolean {
  return (
    change.kind === 'vault' || change.kind === 'folder' || (change.kind === 'item' && change.item === null)
  );
}

function namesVault(page: ChangePage): boolean {
  return page.changes.some((change) => change.kind === 'vault' && change.vault !== null);
}

async function takePage(
  context: PullContext,
  page: ChangePage,
  types: readonly RemoteVaultType[],
): Promise<void> {
  const { recordIds, treeChanged, idleFiles } = FeedPage.take(context, page, types);
  if (recordIds.length > 0) context.changed(recordIds);
  if (treeChanged) context.changed(null);
  await removeIdleFiles(context.mirror, context.files, idleFiles);
  await breathe(context.signal);
  await context.pace.rest(context.signal);
}
