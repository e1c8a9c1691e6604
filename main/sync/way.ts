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
import type { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { Mirror, Pins } from '../mirror/index.ts';
import { verified, verifiedKey } from './announced.ts';
import { noteEncryptionChange } from './encryptionchange.ts';
import { feedIsUsable, pullChanges, pullListings } from './pull/feed.ts';
import { tellOfflineReads } from './offlinereads.ts';
import { noteContact } from './offlineterm.ts';
import { notePasswordPolicies } from './passwordpolicies.ts';
import type { PullContext } from './pullcontext.ts';
import { settleForgotten } from './outbox/strays.ts';
import { pushOutbox } from './push/push.ts';
import { verifyOnReturn } from './trust/verification.ts';

const verifiedForMs = 24 * 60 * 60 * 1000;

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
  /** Hears of failures that nobody foresaw. */
  readonly report: (failure: unknown) => void;
}

/** What is sent because of what a pull brought may bring something itself; this ends somewhere. */
const mostTurns = 4;

/** Turns in which a large file may go out; a server that loses every part would keep us here for ever. */
const mostLargeTurns = 500;

/**
 * Runs one sync, the gate being shut when it begins: the server is verified, what it has is taken
 * in, what waits is sent, and what came of that is taken in.
 * @throws StrongroomError
 */
export async function bringUpToDate(way: SyncWay): Promise<void> {
  if (await bringUpWithoutProof(way)) return;
  const { client, mirror, now, signal } = way.context(new Set());
  const statement = await verifyOnReturn(client, way.pins, signal);
  const { features, offline, passwordPolicies, encryptionChange } = statement;
  way.openGate();
  remember(mirror, now(), features);
  noteContact(mirror, now(), offline);
  notePasswordPolicies(mirror, passwordPolicies);
  noteEncryptionChange(mirror, encryptionChange);
  const context = way.context(features);
  const fed = features.has('changes') && feedIsUsable(mirror) && (await feedTurns(way, context));
  if (!fed) await listingTurns(way, context);
  await tellOfflineReads(context);
}

/** The short way; false if it is not open. */
async function bringUpWithoutProof(way: SyncWay): Promise<boolean> {
  const { mirror, now } = way.context(new Set());
  const features = rememberedFeatures(mirror, now());
  const isOpen = features.has('changes') && features.has('masterKeyHashOptional');
  if (!isOpen || !feedIsUsable(mirror)) return false;
  const context = way.context(features);
  try {
    if (!(await feedTurns(way, context))) return false;
    await tellOfflineReads(context);
    return true;
  } catch (failure) {
    const turnsBack = ['hashDemandedTooEarly', 'notFound'];
    if (failure instanceof StrongroomError && turnsBack.includes(failure.code)) return false;
    throw failure;
  }
}

/**
 * By the feed, each turn begins with a pull: it costs one request, its first answer proves the
 * account before anything is sent, and what it brings saves refusals. False if the server cannot
 * go on from our cursor.
 */
async function feedTurns(way: SyncWay, context: PullContext): Promise<boolean> {
  const { mirror, features } = context;
  let failure: StrongroomError | null = null;
  let turn = 0;
  for (let large = 0; turn < mostTurns && large < mostLargeTurns; large += 1) {
    if (!(await pullChanges(context, way.pins))) return false;
    if (failure !== null) throw failure;
    settleForgotten(mirror, context.now());
    if (mirror.outbox.counts().waiting === 0) return true;
    // Without keys for repeats only a whole listing would tell what has arrived.
    const hasPulled = features.has('idempotencyKeys');
    const outcome = await pushOutbox(context, { hasPulled, report: way.report });
    failure = outcome.failure;
    // A large file goes out over as many turns as it takes, with a look at the feed before each.
    if (outcome.isUnfinished && failure === null) continue;
    turn += 1;
    if (outcome.settled === 0 && failure === null) return true;
    if (outcome.settled === 0 && failure !== null) throw failure;
  }
  return true;
}

/**
 * By listings, which are costly: one pull, then what waits. What the server made of it is noted
 * from its answers, and the next sync compares everything anyway.
 */
async function listingTurns(way: SyncWay, context: PullContext): Promise<void> {
  await pullListings(context);
  settleForgotten(context.mirror, context.now());
  const { failure } = await pushOutbox(context, { hasPulled: true, report: way.report });
  if (failure !== null) throw failure;
}
