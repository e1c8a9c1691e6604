/** Whether what the server stores in can be reached: the question of whoever watches over it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { FilePlace } from './fileplace.ts';
import type { Tables } from './tables.ts';

export interface Reach {
  database: boolean;
  files: boolean;
}

/** A watcher that waits longer has given the server up by itself. */
const patience = 3_000;

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  const stopped = new AbortController();
  const late = pause(patience, false, { signal: stopped.signal }).catch(() => false);
  // Why it fails may name hosts and folders, and whoever asks has not said who they are.
  const done = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    stopped.abort();
  }
}

/** Asks both at once; answers within a few seconds and never rejects. */
export async function reachOf(database: Kysely<Tables>, files: FilePlace): Promise<Reach> {
  const [asked, written] = await Promise.all([
    succeeds(database.selectFrom('organisations').select('id').limit(1).execute()),
    succeeds(files.check()),
  ]);
  return { database: asked, files: written };
}
