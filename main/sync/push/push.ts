/**
 * Sending what waits in the outbox.
 *
 * Operations of one object go out in their order, each after the answer to the one before;
 * different objects do not wait for each other, several are under way at a time. That an operation
 * goes out is written down durably first, for a whole handful at once: after a crash whatever may
 * have arrived is known to be `unanswered` and goes out again as it was, under the same key. A
 * server that honours the key carries it out once; on any other nothing is made twice, since a
 * pull comes first, in which a creation that did arrive is recognised (landing.ts).
 *
 * One sending of the outbox ends by itself: each operation is tried once, or a few times where the
 * record was changed meanwhile. An operation that cannot go out never keeps others from it: what is
 * refused is held, what fails again and again goes last.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { OutboxOperation } from '../../mirror/index.ts';
import { raiseDoubt } from '../doubt.ts';
import { fromKeychain } from '../trust/chainfailure.ts';
import { breathe, sideBySide } from '../pace.ts';
import { endIfSettled, recordHere } from '../outbox/pending.ts';
import { sendingOrder } from './order.ts';
import { prepared } from './preparing.ts';
import type { PullContext } from '../pullcontext.ts';
import { takeAgain } from '../pull/refresh.ts';
import { sealAnew } from './keycheck.ts';
import { refusalFor } from './refusal.ts';
import { isRecordReady, sendOfRecord } from './sending.ts';
import { isFolderReady, sendOfFolder } from './sendingfolders.ts';
import { settleRemoval } from './settling.ts';
import { settleReused } from './unheard.ts';

/** Requests under way at the same time. */
const sentAtOnce = 4;
/** Operations written down as going out together; few where a doubtful one costs a whole pull. */
const notedAtOnce = 32;
/** How often one operation is tried anew within one push because the record was changed. */
const mostRounds = 5;
/** Missing answers in a row after which the server is taken to be away. */
const mostMissing = 3;
/** Answers that make no sense after which an operation is held. */
const mostSenseless = 8;

export interface PushOutcome {
  /** Operations that the server has now. */
  readonly settled: number;
  /** A large file has been sent in part, and the next sending goes on with it at once. */
  readonly isUnfinished: boolean;
  /** Why not everything that could go out went out; null if it did. */
  readonly failure: StrongroomError | null;
}

export interface PushOptions {
  /** A whole pull has ended since anything was last sent, so an arrived creation would be known. */
  readonly hasPulled: boolean;
  /** Hears of failures that nobody foresaw. */
  readonly report: (failure: unknown) => void;
}

/** Sends what can be sent. Never throws for what a server answers; @throws StrongroomError disk codes. */
export function pushOutbox(context: PullContext, options: PushOptions): Promise<PushOutcome> {
  return new Push(context, options).run();
}

class Push {
  readonly #context: PullContext;
  readonly #options: PushOptions;
  readonly #attempted = new Set<number>();
  readonly #rounds = new Map<number, number>();
  readonly #changed = new Set<string>();
  #treeChanged = false;
  #missing = 0;
  #settled = 0;
  #isUnfinished = false;
  #total = 0;
  #stop: StrongroomError | null = null;
  #failure: StrongroomError | null = null;

  constructor(context: PullContext, options: PushOptions) {
    this.#context = context;
    this.#options = options;
  }

  async run(): Promise<PushOutcome> {
    const { mirror } = this.#context;
    this.#total = mirror.outbox.counts().waiting;
    while (this.#stop === null) {
      const order = await sendingOrder(mirror, this.#context.signal);
      const isAnySent = await this.#sendAll(order.filter((seq) => !this.#attempted.has(seq)));
      if (!isAnySent) break;
    }
    const failure = this.#stop ?? this.#failure;
    return { settled: this.#settled, isUnfinished: this.#isUnfinished, failure };
  }

  /** What of these numbers can go out now. */
  #sendable(order: readonly number[]): OutboxOperation[] {
    const { outbox } = this.#context.mirror;
    return order
      .flatMap((seq) => (this.#attempted.has(seq) ? [] : (outbox.head(seq) ?? [])))
      .filter((operation) => this.#isReady(operation));
  }

  #isReady(operation: OutboxOperation): boolean {
    const { mirror } = this.#context;
    if (this.#isInDoubt(operation)) return false;
    return operation.object === 'record'
      ? isRecordReady(mirror, operation)
      : isFolderReady(mirror, operation);
  }

  /** It may have made something already, and this server would make it again. */
  #isInDoubt({ change, state }: OutboxOperation): boolean {
    const creates = change.kind === 'create' || change.kind === 'createFolder';
    const repeatable = this.#context.features.has('idempotencyKeys') || this.#options.hasPulled;
    return creates && state === 'unanswered' && !repeatable;
  }

  /** False if nothing of it could go out. */
  async #sendAll(order: readonly number[]): Promise<boolean> {
    const { features, pace, progress, signal } = this.#context;
    const width = features.has('idempotencyKeys') ? notedAtOnce : sentAtOnce;
    let isAnySent = false;
    for (let at = 0; at < order.length && this.#stop === null; at += width) {
      const heads = this.#sendable(order.slice(at, at + width));
      if (heads.length > 0) {
        isAnySent = true;
        progress('sending', this.#settled, this.#total);
        await sideBySide(this.#note(heads), sentAtOnce, (operation) => this.#lane(operation));
        this.#tell();
        // What thousands of settled changes owe the index is paid on the way, a little at a time.
        await pace.rest(signal);
      }
      await breathe(signal);
    }
    return isAnySent;
  }

  /** Writes down that these go out, in the form in which they go out. */
  #note(operations: readonly OutboxOperation[]): OutboxOperation[] {
    const { mirror, now } = this.#context;
    return mirror.durable(() =>
      operations.flatMap((operation) => {
        this.#attempted.add(operation.seq);
        const ready = prepared(this.#context, operation);
        if (ready === null) return [];
        mirror.outbox.tried(ready.id, now());
        return mirror.outbox.get(ready.id) ?? [];
      }),
    );
  }

  /** One object's operations, as far as they go. */
  async #lane(first: OutboxOperation): Promise<void> {
    let next: OutboxOperation | null = first;
    while (next !== null) {
      if (this.#stop !== null) return this.#unsent(next);
      const { object, objectId } = next;
      const isDone: boolean = await this.#send(next);
      if (object === 'record') this.#changed.add(objectId);
      else this.#treeChanged = true;
      if (isDone) this.#context.progress('sending', (this.#settled += 1), this.#total);
      next = this.#nextOf(object, objectId);
    }
  }

  #nextOf(object: OutboxOperation['object'], objectId: string): OutboxOperation | null {
    const head = this.#context.mirror.outbox.ofObject(object, objectId)[0];
    if (head === undefined || this.#stop !== null || this.#attempted.has(head.seq)) return null;
    const isOpen = head.state === 'waiting' || head.state === 'unanswered';
    return isOpen && this.#isReady(head) ? (this.#note([head])[0] ?? null) : null;
  }

  /** It was written down as going out, and did not. */
  #unsent({ id, attempts }: OutboxOperation): void {
    if (attempts === 1) this.#context.mirror.outbox.setState(id, 'waiting', null);
  }

  /** True if the server has it now. */
  async #send(operation: OutboxOperation): Promise<boolean> {
    try {
      if (await this.#isOutdated(operation)) return false;
      let isWhole = true;
      if (operation.object === 'record') isWhole = await sendOfRecord(this.#context, operation);
      else await sendOfFolder(this.#context, operation);
      if (!isWhole) this.#goesOn(operation);
      this.#missing = 0;
      return isWhole;
    } catch (thrown) {
      const failure = fromKeychain(thrown);
      if (failure instanceof StrongroomError) await this.#refused(operation, failure);
      else {
        this.#options.report(failure);
        this.#hold(operation, new StrongroomError('internal'));
      }
      return false;
    }
  }

  /** A part of it has arrived, and the next sending of the outbox goes on with the rest. */
  #goesOn({ id }: OutboxOperation): void {
    const { outbox } = this.#context.mirror;
    if (outbox.get(id) !== null) outbox.setState(id, 'waiting', null);
    this.#isUnfinished = true;
  }

  /** A server that compares no revisions is asked first what the record is now. */
  async #isOutdated(operation: OutboxOperation): Promise<boolean> {
    const { features, mirror } = this.#context;
    const { kind } = operation.change;
    const compares = features.has('revisionPreconditions') || features.has('itemRevision');
    if (compares || (kind !== 'edit' && kind !== 'move' && kind !== 'remove')) return false;
    await takeAgain(this.#context, operation.objectId);
    const now = this.#bySeq(operation);
    if (now?.id === operation.id && now.state === 'unanswered') return false;
    if (now?.state === 'waiting') this.#anotherRound(now);
    return mirror.outbox.get(operation.id)?.state !== 'unanswered';
  }

  async #refused(operation: OutboxOperation, failure: StrongroomError): Promise<void> {
    switch (refusalFor(failure, operation.change)) {
      case 'stop':
        this.#stop ??= failure;
        return;
      case 'stays':
        return this.#answerMissing(operation, failure);
      case 'hold':
        return this.#hold(operation, failure);
      case 'gone':
        return this.#notThere(operation, failure);
      case 'look':
        return operation.object === 'folder' ? this.#holdFolder(operation, failure) : this.#look(operation);
      case 'reused':
        return settleReused(this.#context, operation, failure);
      case 'rekeyed':
        return this.#rekeyed(operation, failure);
    }
  }

  #answerMissing(operation: OutboxOperation, failure: StrongroomError): void {
    if (failure.code === 'badAnswer' && operation.attempts >= mostSenseless) {
      return this.#hold(operation, failure);
    }
    this.#failure ??= failure;
    this.#missing += 1;
    if (this.#missing >= mostMissing) this.#stop ??= failure;
  }

  #hold({ id }: OutboxOperation, { code, params }: StrongroomError): void {
    const { mirror } = this.#context;
    if (mirror.outbox.get(id) === null) return;
    mirror.outbox.setState(id, 'held', { code, params: { ...params } });
    raiseDoubt(mirror);
  }

  /** Changed on both sides: theirs will be shown, mine is a person's to try again, as another request. */
  #holdFolder(operation: OutboxOperation, failure: StrongroomError): void {
    const { mirror } = this.#context;
    this.#missing = 0;
    mirror.transaction(() => {
      const id = mirror.outbox.renewId(operation.id);
      this.#hold({ ...operation, id }, failure);
    });
  }

  /**
   * The next pull tells what has become of it. What is to be deleted is deleted; a mark on what is
   * gone means nothing; what is said to be missing twice, with a pull in between, is held.
   */
  #notThere(operation: OutboxOperation, { code, params }: StrongroomError): void {
    const { mirror } = this.#context;
    const { id, object, objectId, change, problem } = operation;
    this.#missing = 0;
    if (change.kind === 'remove' || change.kind === 'removeFolder') {
      return settleRemoval(this.#context, operation, null);
    }
    const isOfFile = change.kind === 'detach' || change.kind === 'renameFile';
    const means = change.kind !== 'favourite' && (!isOfFile || problem === null);
    if (!means) {
      mirror.transaction(() => {
        mirror.outbox.remove(id);
        endIfSettled(mirror, object, objectId);
      });
      return;
    }
    const isTold = problem?.code === code;
    mirror.outbox.setState(id, isTold ? 'held' : 'waiting', { code, params: { ...params } });
    raiseDoubt(mirror);
  }

  /** Refused because the record was changed: taken in, put under what waits, and tried again. */
  async #look(operation: OutboxOperation): Promise<void> {
    const { mirror } = this.#context;
    this.#missing = 0;
    mirror.outbox.setState(operation.id, 'waiting', null);
    try {
      await takeAgain(this.#context, operation.objectId);
    } catch (thrown) {
      const failure = fromKeychain(thrown);
      if (!(failure instanceof StrongroomError)) throw failure;
      if (failure.code === 'notFound' || failure.code === 'forbidden') return;
      return this.#refused(operation, failure);
    }
    if (recordHere(mirror, operation.objectId)?.flagged === true) {
      const flagged = this.#bySeq(operation);
      if (flagged !== null) this.#hold(flagged, new StrongroomError('tampered'));
      return;
    }
    const now = this.#bySeq(operation);
    if (now?.state === 'waiting') this.#anotherRound(now);
  }

  #anotherRound({ seq }: OutboxOperation): void {
    const rounds = (this.#rounds.get(seq) ?? 0) + 1;
    this.#rounds.set(seq, rounds);
    if (rounds < mostRounds) this.#attempted.delete(seq);
  }

  /** Sealed anew where this device has the vault's key of now; else a person has to decide about that. */
  #rekeyed(operation: OutboxOperation, failure: StrongroomError): void {
    const { mirror } = this.#context;
    this.#missing = 0;
    const isSealed = mirror.transaction(() => sealAnew(this.#context, operation));
    if (!isSealed) return this.#hold(operation, failure);
    const now = this.#bySeq(operation);
    if (now !== null) this.#anotherRound(now);
  }

  /** The same operation, whichever key it has by now. */
  #bySeq({ object, objectId, seq }: OutboxOperation): OutboxOperation | null {
    return this.#context.mirror.outbox.ofObject(object, objectId).find((each) => each.seq === seq) ?? null;
  }

  #tell(): void {
    const { changed } = this.#context;
    if (this.#treeChanged) changed(null);
    else if (this.#changed.size > 0) changed([...this.#changed]);
    this.#changed.clear();
    this.#treeChanged = false;
  }
}
