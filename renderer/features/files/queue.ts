/**
 * Files on their way onto records, as the page knows them: by token, name and size. Their bytes are
 * read and encrypted by the main process, which owns the queue; this store gives files to it, shows
 * what it says, and tells once what a person should hear of.
 */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { StagedFile } from '../../../contract/attachments.ts';
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

/** The record that files go onto; its name is only shown. */
export interface FileTarget {
  readonly id: string;
  readonly name: string;
}

/** What is worth saying once: when files come in, when the last one is through, when a call fails. */
export type QueueNews =
  | {
      readonly kind: 'added';
      readonly count: number;
      readonly target: FileTarget;
      readonly refused: readonly StagedFile[];
      /** Bytes of the largest file that the server takes. */
      readonly limit: number;
    }
  | { readonly kind: 'ended'; readonly done: number; readonly failed: number; readonly cancelled: number }
  /** Contents without a file behind them, such as a picture dragged out of a browser. */
  | { readonly kind: 'notFiles'; readonly count: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

type Staged = Result<{ readonly files: readonly StagedFile[]; readonly limit: number }>;

/** The most that one call takes. */
const mostAtOnce = 500;

const nothingQueued: FileQueueView = { files: [], done: 0, total: 0, bytesPerSecond: null, busy: false };

export function countState(view: FileQueueView, state: QueuedFile['state']): number {
  return view.files.filter((file) => file.state === state).length;
}

/** The new list with the old objects for what has not changed, so that only changed lines are drawn anew. */
function settled(before: readonly QueuedFile[], after: readonly QueuedFile[]): QueuedFile[] {
  const known = new Map(before.map((file) => [file.id, file]));
  return after.map((file) => {
    const old = known.get(file.id);
    return old && JSON.stringify(old) === JSON.stringify(file) ? old : file;
  });
}

export const useFileQueue = defineStore('fileQueue', () => {
  const view = shallowRef<FileQueueView>(nothingQueued);
  /** Null until the main process has said it. */
  const limit = shallowRef<{ readonly limit: number; readonly protocolLimit: boolean } | null>(null);
  const news = shallowRef<QueueNews | null>(null);
  /** Names of the records that files were given to, by id. */
  const names = shallowRef<ReadonlyMap<string, string>>(new Map());
  /** The list of files is unfolded. */
  const open = ref(false);
  /** Files that were through before the present run began. */
  let past = new Set<string>();
  let generation = 0;

  function show(next: FileQueueView): void {
    const ended = view.value.busy && !next.busy;
    view.value = { ...next, files: settled(view.value.files, next.files) };
    for (const { id, state } of next.files)
      if (state === 'waiting' || state === 'encrypting') past.delete(id);
    if (ended) {
      const run = { ...next, files: next.files.filter(({ id }) => !past.has(id)) };
      const [failed, cancelled] = [countState(run, 'failed'), countState(run, 'cancelled')];
      news.value = { kind: 'ended', done: countState(run, 'done'), failed, cancelled };
    }
    if (!next.busy) past = new Set(next.files.map(({ id }) => id));
  }

  /** The answer, unless everything was forgotten meanwhile; a failure is told. */
  async function heard<T>(call: Promise<Result<T>>): Promise<T | null> {
    const asked = generation;
    const answer = await call;
    if (asked !== generation) return null;
    if (answer.ok) return answer.value;
    if (answer.error.code !== 'cancelled') news.value = { kind: 'failed', failure: answer.error };
    return null;
  }

  async function loadLimit(): Promise<void> {
    limit.value = (await heard(bridge().fileQueue.limit({}))) ?? limit.value;
  }

  /** What the queue holds already, when the workspace comes up. */
  async function load(): Promise<void> {
    const [state] = await Promise.all([heard(bridge().fileQueue.state({})), loadLimit()]);
    if (state) show(state);
  }

  /** A queue that came through without trouble makes room for the next one. */
  async function beginAnew(): Promise<void> {
    const { files, busy } = view.value;
    if (!busy && files.length > 0 && files.every(({ state }) => state === 'done')) await clearFinished();
  }

  /** Says what cannot go before anything of the rest is encrypted. */
  async function enqueue(
    target: FileTarget,
    staged: NonNullable<Staged & { ok: true }>['value'],
  ): Promise<void> {
    const { files, limit: most } = staged;
    if (files.length === 0) return;
    const refused = files.filter(({ refusal }) => refusal !== null);
    names.value = new Map(names.value).set(target.id, target.name);
    if (files.length > 1 || refused.length > 0) open.value = true;
    news.value = { kind: 'added', count: files.length - refused.length, target, refused, limit: most };
    const tokens = files.map(({ token }) => token);
    const next = await heard(bridge().fileQueue.enqueue({ recordId: target.id, tokens }));
    if (next) show(next);
  }

  /** Files that were dropped or pasted: `File` objects, which the preload turns into paths. */
  async function put(target: FileTarget, files: readonly unknown[]): Promise<void> {
    if (files.length === 0) return;
    const asked = generation;
    await Promise.all([beginAnew(), loadLimit()]);
    let withoutPath = 0;
    for (let at = 0; at < files.length && asked === generation; at += mostAtOnce) {
      const batch = files.slice(at, at + mostAtOnce);
      const answer = await bridge().attachments.stage(batch);
      // Not one of them had a path, and a call without paths is malformed.
      const none = !answer.ok && answer.error.code === 'refused';
      const staged = none ? { files: [], limit: 0 } : await heard(Promise.resolve(answer));
      if (asked !== generation || staged === null) return;
      withoutPath += batch.length - staged.files.length;
      await enqueue(target, staged);
    }
    if (withoutPath > 0 && asked === generation) news.value = { kind: 'notFiles', count: withoutPath };
  }

  /** Files picked in the system's own dialog. */
  async function choose(target: FileTarget): Promise<void> {
    const staged = await heard(bridge().attachments.choose({}));
    if (staged === null || staged.files.length === 0) return;
    await Promise.all([beginAnew(), loadLimit()]);
    await enqueue(target, staged);
  }

  async function cancel(id: string): Promise<void> {
    await heard(bridge().fileQueue.cancel({ id }));
  }

  async function cancelAll(): Promise<void> {
    await heard(bridge().fileQueue.cancelAll({}));
  }

  async function retry(id: string): Promise<void> {
    await heard(bridge().fileQueue.retry({ id }));
  }

  async function clearFinished(): Promise<void> {
    await heard(bridge().fileQueue.clearFinished({}));
  }

  function follow(): () => void {
    return bridge().on('fileQueueChanged', show);
  }

  function forget(): void {
    generation += 1;
    view.value = nothingQueued;
    limit.value = null;
    news.value = null;
    names.value = new Map();
    open.value = false;
    past = new Set();
  }

  return {
    view,
    limit,
    news,
    names,
    open,
    load,
    loadLimit,
    put,
    choose,
    cancel,
    cancelAll,
    retry,
    clearFinished,
    follow,
    forget,
  };
});
