/**
 * One pull: the server's state brought into the mirror by listings and batches, as any server
 * of the Passwork 7 protocol offers them.
 *
 * Only whole, valid answers change anything. What is no longer listed goes at the end.
 */
import type { StoredVault } from '../../mirror/model.ts';
import { departRecords } from './departures.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import type { PullContext } from '../pullcontext.ts';
import { pullFiles, pullInbox, pullShortcuts } from './pullextras.ts';
import { RecordsPull } from './pullrecords.ts';
import { pullFolders, pullVaults } from './pulltree.ts';
import { lastSyncedKey, ResumePoint } from './resume.ts';
import { pullBin } from './toldbin.ts';

export interface PullReport {
  readonly vaults: number;
  /** Records written or flagged. */
  readonly written: number;
  readonly removed: number;
}

/** Runs a whole pull. A cut leaves the mirror valid; the next one goes on from there. */
export async function pull(context: PullContext): Promise<PullReport> {
  const { mirror, now, progress } = context;
  const firstSync = mirror.syncState.get(lastSyncedKey) === null;
  const resume = new ResumePoint(mirror, firstSync, now);
  const vaults = await pullVaults(context);
  // Before the rest: what lies in the bin is missing there, and goes into the bin here as a whole.
  await pullBin(context);
  await pullFolders(context, vaults);
  const known = await KnownRecords.read(mirror, context.signal);
  const intake = new RecordIntake(context, known);
  const unlisted = await new RecordsPull(context, intake, known, resume).run(vaults, firstSync);
  unlisted.push(...(await pullPersonal(context, intake, known, vaults)));
  const removed = await removeRecords(context, unlisted);
  await removeOrphans(context, intake);
  await pullFiles(context);
  progress('finishing', 0, 0);
  resume.clear();
  return { vaults: vaults.length, written: intake.written, removed };
}

async function pullPersonal(
  context: PullContext,
  intake: RecordIntake,
  known: KnownRecords,
  vaults: readonly StoredVault[],
): Promise<string[]> {
  const unlisted: string[] = [];
  for (const vault of vaults) unlisted.push(...(await pullShortcuts(context, intake, known, vault)));
  unlisted.push(...(await pullInbox(context, intake, known)));
  return unlisted;
}

async function removeRecords(context: PullContext, ids: readonly string[]): Promise<number> {
  const { mirror, files, pace, signal, changed } = context;
  const localFiles: string[] = [];
  await pace.work(ids, signal, (portion) => {
    localFiles.push(...departRecords(context, portion));
  });
  await removeIdleFiles(mirror, files, localFiles);
  if (ids.length > 0) changed(null);
  return ids.length;
}

async function removeOrphans({ mirror, files }: PullContext, intake: RecordIntake): Promise<void> {
  await removeIdleFiles(mirror, files, intake.takeOrphans());
}
