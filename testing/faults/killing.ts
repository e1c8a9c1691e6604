/**
 * Killing the application at random, hundreds of times over, on profiles and a server that live
 * on: each victim opens what the one before it left behind, tells what it finds, works, and dies.
 *
 * Two lanes run side by side, two devices of one person. The next victim of a lane is loaded while
 * the one before it still works, so that a kill costs little more than what it interrupts.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Choices } from '../organisation/random.ts';
import type { Book } from './book.ts';
import { brokenLine, LawBroken } from './law.ts';
import type { Truth } from './servertruth.ts';
import type { FoundState, Orders, Told, VictimMode } from './victimlanguage.ts';

/** What the suite needs to know of a profile that it lets victims work on. */
export type Profile = Pick<Orders, 'folder' | 'accountId' | 'deviceKey' | 'migrationsDir' | 'device'>;

export interface KillCounts {
  kills: number;
  /** By the work that was hit. */
  readonly byPhase: Map<string, number>;
  /** Times that what a killed process left was opened and checked. */
  checked: number;
}

export const nothingKilled = (): KillCounts => ({ kills: 0, byPhase: new Map(), checked: 0 });

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** The longest that any victim may take to say something; a machine can be busy. */
const patienceMs = 30_000;

export class Executioner {
  readonly counts = nothingKilled();
  readonly #script: string;
  readonly #book: Book;
  readonly #truth: () => Promise<Truth>;
  readonly #choices: Choices;
  readonly #alive = new Set<Child>();
  #run = 0;
  #spare: Child | null = null;

  constructor(script: string, book: Book, truth: () => Promise<Truth>, choices: Choices) {
    this.#script = script;
    this.#book = book;
    this.#truth = truth;
    this.#choices = choices;
  }

  /** Lets a victim work on a profile and kills it after up to `withinMs`; gives what it told. */
  async kill(profile: Profile, mode: VictimMode, withinMs: number): Promise<Told[]> {
    const child = this.#next();
    const opens = mode === 'migrating' || mode === 'firstSync' || this.#choices.oneIn(6);
    const { told, phase } = await this.#follow(child, profile, mode, (at) => {
      if (at !== (opens ? 'opening' : 'opened')) return;
      setTimeout(() => child.kill('SIGKILL'), this.#choices.number(withinMs));
    });
    this.#book.cutOff(profile.device);
    this.counts.kills += 1;
    this.counts.byPhase.set(phase, (this.counts.byPhase.get(phase) ?? 0) + 1);
    return told;
  }

  /** Lets a victim sync to the end and leave by itself; gives what it found at first and then. */
  async finish(profile: Profile): Promise<{ opened: FoundState; finished: FoundState }> {
    const { told } = await this.#follow(this.#next(), profile, 'finishing', () => undefined);
    const opened = told.find((each) => each.at === 'opened');
    const finished = told.find((each) => each.at === 'finished');
    if (opened?.at !== 'opened' || finished?.at !== 'finished' || finished.problem !== null) {
      throw new Error(`a victim did not finish: ${JSON.stringify(told.at(-1)).slice(0, 500)}`);
    }
    return { opened, finished };
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#alive].map(async (child) => {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      }),
    );
  }

  #next(): Child {
    const child = this.#spare ?? this.#spawn();
    this.#spare = this.#spawn();
    return child;
  }

  #spawn(): Child {
    const child = spawn(process.execPath, [this.#script], { stdio: ['pipe', 'pipe', 'inherit'] });
    // Killed while it is being written to.
    child.stdin.on('error', () => undefined);
    this.#alive.add(child);
    child.once('close', () => this.#alive.delete(child));
    return child;
  }

  async #follow(
    child: Child,
    profile: Profile,
    mode: VictimMode,
    onTold: (at: Told['at']) => void,
  ): Promise<{ told: Told[]; phase: string }> {
    this.#run += 1;
    const orders: Orders = { ...profile, mode, run: this.#run, seed: this.#choices.number(2 ** 31) };
    const told: Told[] = [];
    let phase = 'starting';
    const watchdog = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.stdin.write(`${JSON.stringify(orders)}\n`);
    for await (const line of createInterface({ input: child.stdout })) {
      const said = readTold(line);
      if (said === null) continue;
      told.push(said);
      onTold(said.at);
      if (said.at === 'phase') phase = said.phase;
      await this.#note(profile.device, said);
    }
    clearTimeout(watchdog);
    return { told, phase };
  }

  async #note(device: string, told: Told): Promise<void> {
    const diary = this.#book.diaryOf(device);
    switch (told.at) {
      case 'will':
        return diary.will(told.act);
      case 'did':
        return diary.did(told.act);
      case 'failed':
        return diary.failed(told.act, told.code);
      case 'settled':
        return this.#book.settled(device);
      case 'opened':
        this.counts.checked += 1;
        return this.#check(device, told);
      case 'incident':
        throw new Error(`a victim met something unforeseen: ${told.what}`);
    }
  }

  /** What this device was promised to be kept is here, or it has been sent. */
  async #check(device: string, { tokens, isSettled }: FoundState): Promise<void> {
    const here = new Set(tokens);
    const missing = this.#book.required(device).filter((token) => !here.has(token));
    if (missing.length > 0) {
      const { values } = await this.#truth();
      const lost = missing.filter((token) => !values.has(token));
      if (lost.length > 0)
        throw new LawBroken(
          lost.map((token) => this.#book.describe(token)),
          [],
        );
    }
    if (isSettled) this.#book.settled(device);
  }
}

/** The last line may have been cut by the kill. */
function readTold(line: string): Told | null {
  try {
    return JSON.parse(line) as Told;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A copy of a profile's folder for a kill that must not be seen by others. */
export function copyOf(profile: Profile, device: string): Profile & { remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-killed-'));
  cpSync(profile.folder, folder, { recursive: true });
  return { ...profile, folder, device, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The counts as one line. */
export function killLine(counts: readonly KillCounts[], book: Book): string {
  const phases = new Map<string, number>();
  for (const { byPhase } of counts) {
    for (const [phase, kills] of byPhase) phases.set(phase, (phases.get(phase) ?? 0) + kills);
  }
  const sum = (of: (each: KillCounts) => number): number =>
    counts.reduce((total, each) => total + of(each), 0);
  const list = [...phases].sort(([, one], [, other]) => other - one);
  return [
    `killed ${String(sum(({ kills }) => kills))} times (${list.map(([phase, n]) => `${phase} ${String(n)}`).join(', ')})`,
    `${String(sum(({ checked }) => checked))} openings checked, ${String(book.acts)} edits acknowledged`,
    brokenLine(),
  ].join('; ');
}
