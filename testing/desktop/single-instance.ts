/**
 * `app.requestSingleInstanceLock` for real, by files in the userData folder.
 *
 * The call is synchronous, and a second instance usually ends right after it, so the lock
 * is a file made exclusively, and the second instance's word to the first is a file too,
 * left in a folder that the first watches.
 */
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
  type FSWatcher,
} from 'node:fs';
import { join } from 'node:path';

/** What a second instance says to the first. */
export interface SecondInstance {
  argv: string[];
  workingDirectory: string;
  additionalData: unknown;
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    return reason instanceof Error && 'code' in reason && reason.code === 'EPERM';
  }
}

/** A process id is used again after a restart: on Linux its command line tells whose it is. */
function isStandIn(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes('register.ts');
  } catch {
    // The process ended between the two looks.
    return false;
  }
}

/** One instance's claim on a userData folder. */
export class SingleInstance {
  private readonly lockFile: string;
  private readonly letters: string;
  private watcher: FSWatcher | undefined;

  constructor(userData: string) {
    this.lockFile = join(userData, 'StandInLock');
    this.letters = join(userData, 'StandInLetters');
    mkdirSync(userData, { recursive: true });
  }

  /** True when this process holds the lock; else `word` is left for the holder. */
  request(word: SecondInstance, hear: (word: SecondInstance) => void): boolean {
    if (this.watcher !== undefined) return true;
    if (!this.take()) {
      this.leave(word);
      return false;
    }
    rmSync(this.letters, { recursive: true, force: true });
    mkdirSync(this.letters, { recursive: true });
    this.watcher = watch(this.letters, { persistent: false }, () => {
      this.collect(hear);
    });
    return true;
  }

  /** Whether this process holds the lock. */
  held(): boolean {
    return this.watcher !== undefined;
  }

  /** Gives the lock back; without one it does nothing. */
  release(): void {
    if (this.watcher === undefined) return;
    this.watcher.close();
    this.watcher = undefined;
    rmSync(this.lockFile, { force: true });
    rmSync(this.letters, { recursive: true, force: true });
  }

  private take(): boolean {
    try {
      writeFileSync(this.lockFile, String(process.pid), { flag: 'wx' });
      return true;
    } catch (reason) {
      if (!(reason instanceof Error && 'code' in reason && reason.code === 'EEXIST')) throw reason;
    }
    if (isStandIn(Number(readFileSync(this.lockFile, 'utf8')))) return false;
    rmSync(this.lockFile, { force: true });
    return this.take();
  }

  private leave(word: SecondInstance): void {
    mkdirSync(this.letters, { recursive: true });
    const name = randomUUID();
    writeFileSync(join(this.letters, `${name}.part`), JSON.stringify(word));
    renameSync(join(this.letters, `${name}.part`), join(this.letters, `${name}.json`));
  }

  private collect(hear: (word: SecondInstance) => void): void {
    for (const name of readdirSync(this.letters).filter((one) => one.endsWith('.json'))) {
      const file = join(this.letters, name);
      const word = JSON.parse(readFileSync(file, 'utf8')) as SecondInstance;
      rmSync(file, { force: true });
      hear(word);
    }
  }
}
