/**
 * The self-hosted server with the sample organisation, as a process of its own: what a person
 * gets from `npm run server -- --demo`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');

const announcement = z.object({
  url: z.string(),
  users: z.array(
    z.object({
      login: z.string(),
      password: z.string(),
      masterPassword: z.string().nullable(),
      role: z.string(),
    }),
  ),
});

export type DemoUser = z.infer<typeof announcement>['users'][number];

export interface DemoServer {
  readonly url: string;
  readonly users: readonly DemoUser[];
  readonly dataFolder: string;
  readonly logFile: string;
  /** Everything the process wrote to its error stream. */
  readonly output: () => string;
  stop(): Promise<void>;
}

export interface DemoServerOptions {
  readonly dataFolder: string;
  /** 0 takes a free port. */
  readonly port?: number;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
}

const startsWithinMs = 90_000;

/** A port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the server did not start in time'));
    }, startsWithinMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${String(code)} before it was ready`));
    });
    if (!child.stdout) throw new Error('no output to read');
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}

/** Starts the server; fills an empty data folder with the sample first. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const port = options.port ?? (await freePort());
  const logFile = join(options.dataFolder, '..', `server-${String(port)}.log`);
  const tls = options.tls
    ? ['--tls-cert', options.tls.certificateFile, '--tls-key', options.tls.keyFile]
    : [];
  const child = spawn(
    process.execPath,
    [
      join(root, 'server/cli.ts'),
      ...['--port', String(port), '--data', options.dataFolder, '--log-file', logFile, '--demo'],
      ...tls,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = announcement.parse(JSON.parse(await firstLine(child)));
  return {
    ...ready,
    dataFolder: options.dataFolder,
    logFile,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM');
      const impatient = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(impatient);
    },
  };
}

/** A copy of a filled data folder, so that a test may change or stop what stands on it. */
export async function copyOfData(dataFolder: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-data-'));
  await cp(dataFolder, join(folder, 'data'), { recursive: true });
  return join(folder, 'data');
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
