/**
 * What the journeys run on: a real server in a process of its own, and the application's use
 * cases without a window.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SyncStatus } from '../contract/sync.ts';
import { ProfileStore } from '../main/custody/index.ts';
import { Accounts, Records, VaultTree } from '../main/vaults/index.ts';
import type { LargeVaults } from '../testing/organisation/index.ts';

const root = join(import.meta.dirname, '..');

/** The first hundred of all records, as the application opens with. */
export const firstPage = {
  scope: { kind: 'all' },
  sort: { by: 'name', descending: false },
  offset: 0,
  limit: 100,
} as const;

export interface BenchServer {
  readonly url: string;
  readonly setupToken: string;
  stop(): Promise<void>;
}

/** Starts the server on a folder of its own. */
export async function startServer(dataFolder: string): Promise<BenchServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(root, 'server/cli.ts'), '--port', '0', '--data', dataFolder],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  if (!child.stdout) throw new Error('the server has no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: line.replace('Listening at ', ''),
    setupToken: readFileSync(join(dataFolder, 'setup_token'), 'utf8').trim(),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** An application without a window. */
export class Bench {
  readonly accounts: Accounts;
  readonly records: Records;
  readonly tree: VaultTree;
  readonly profiles: ProfileStore;
  #onSync: (status: SyncStatus) => void = () => undefined;
  #onFirst: () => void = () => undefined;

  constructor(folder: string) {
    this.profiles = new ProfileStore(folder);
    this.accounts = new Accounts({
      profiles: this.profiles,
      migrationsDir: join(root, 'resources/migrations'),
      checkpointWorker: join(root, 'main/mirror/checkpointworker.ts'),
      onSession: () => undefined,
      onSync: (status) => {
        this.#onSync(status);
      },
      onMirror: () => {
        this.#onFirst();
      },
      onLock: () => undefined,
      report: (failure) => {
        throw failure;
      },
    });
    const current = (): ReturnType<Accounts['current']> => this.accounts.current();
    this.records = new Records({ current, hideAfterMs: () => 30_000 });
    this.tree = new VaultTree(current);
  }

  /** Resolves when the running sync has ended well. */
  synced(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onSync = (status) => {
        if (status.phase === 'idle') resolve();
        if (status.phase === 'stopped' || status.phase === 'offline') reject(new Error(status.problem?.code));
      };
    });
  }

  /**
   * Resolves when the first records can be read. The page is read again after every change, in
   * a turn of its own, as a window does that shows the list.
   */
  usable(): Promise<void> {
    return new Promise((resolve) => {
      let asked = false;
      this.#onFirst = () => {
        if (asked) return;
        asked = true;
        setImmediate(() => {
          asked = false;
          if (this.accounts.isUnlocked() && this.records.page(firstPage).rows.length > 0) resolve();
        });
      };
    });
  }
}

/** Signs in and enrols this device; the first sync begins by itself. */
export async function enrol(bench: Bench, url: string, { owner }: Pick<LargeVaults, 'owner'>): Promise<void> {
  const step = await bench.accounts.signIn({
    address: url,
    acceptedFingerprint: null,
    login: owner.login,
    password: Buffer.from(owner.password),
  });
  await bench.accounts.enrol(step.enrolmentId, Buffer.from(owner.masterPassword ?? ''));
}
