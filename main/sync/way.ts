/**
 * Which way a sync goes, and what has to be proved on it.
 *
 * Before the hash of the master key may leave, the server's mode, key derivation and own key
 * pair must be those that were pinned, and that takes requests of its own. A sync in which
 * nothing happened should cost one. Both hold, because a server that does not want the hash is
 * never given it: the gate stays shut, the one request goes out without the hash, and its answer
 * carries the same statement, which is held against the same pins before anything of it counts.
 * A server that lies in the statement is caught as before; one that lies about not wanting the
 * hash gains nothing, since it gets none.
 *
 * So the short way is taken only where the last full verification found both features
 * announced, and for a day at most, so that what a server announces is asked for regularly. If
 * any request on it is refused for want of the hash, or the feed is not there any more, the
 * full verification comes first and the sync starts over behind it.
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { Mirror, Pins } from '../mirror/index.ts';
import { feedIsUsable, pullChanges, pullListings } from './feed.ts';
import type { PullContext } from './pullcontext.ts';
import { verifyOnReturn } from './verification.ts';

/** Key of the sync state under which the features stand that the last full verification found. */
const verifiedKey = 'verifiedFeatures';
const verifiedForMs = 24 * 60 * 60 * 1000;

const verified = z.strictObject({ at: z.number(), features: z.array(z.string()) });

/** What the features found by the last full verification are, if it is not too long ago. */
function rememberedFeatures(mirror: Mirror, now: number): ReadonlySet<string> {
  const text = mirror.syncState.get(verifiedKey);
  const read = text === null ? null : verified.safeParse(JSON.parse(text));
  if (read?.success !== true) return new Set();
  const age = now - read.data.at;
  return new Set(age >= 0 && age < verifiedForMs ? read.data.features : []);
}

function remember(mirror: Mirror, now: number, features: ReadonlySet<string>): void {
  const kept: z.infer<typeof verified> = { at: now, features: [...features] };
  mirror.syncState.set(verifiedKey, JSON.stringify(kept));
}

export interface SyncWay {
  readonly pins: Pins;
  readonly context: (features: ReadonlySet<string>) => PullContext;
  /** Lets the hash of the master key out, where a server wants it. */
  readonly openGate: () => void;
}

/** Runs one sync, the gate being shut when it begins. @throws StrongroomError */
export async function bringUpToDate(way: SyncWay): Promise<void> {
  if (await bringUpWithoutProof(way)) return;
  const { client, mirror, now, signal } = way.context(new Set());
  const { features } = await verifyOnReturn(client, way.pins, signal);
  way.openGate();
  remember(mirror, now(), features);
  const context = way.context(features);
  const fed = features.has('changes') && feedIsUsable(mirror) && (await pullChanges(context, way.pins));
  if (!fed) await pullListings(context);
}

/** The short way; false if it is not open. */
async function bringUpWithoutProof(way: SyncWay): Promise<boolean> {
  const { mirror, now } = way.context(new Set());
  const features = rememberedFeatures(mirror, now());
  const isOpen = features.has('changes') && features.has('masterKeyHashOptional');
  if (!isOpen || !feedIsUsable(mirror)) return false;
  try {
    return await pullChanges(way.context(features), way.pins);
  } catch (failure) {
    const turnsBack = ['hashDemandedTooEarly', 'notFound'];
    if (failure instanceof StrongroomError && turnsBack.includes(failure.code)) return false;
    throw failure;
  }
}
