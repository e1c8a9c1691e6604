/**
 * A PostgreSQL of its own for a suite: a new cluster in a temporary folder, on loopback, gone
 * afterwards. PostgreSQL refuses to run as root, so root starts it as a user without rights.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface LocalPostgres {
  /** A URL of the cluster's own database; whoever has it may create others. */
  readonly url: string;
  stop(): Promise<void>;
}

const debianFolder = '/usr/lib/postgresql';

/** The folder of the server's binaries; null where PostgreSQL is not installed. */
export function postgresBinaries(): string | null {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const packaged = newestFirst.map((version) => join(debianFolder, version, 'bin'));
  const folders = [...packaged, ...(process.env['PATH'] ?? '').split(delimiter)];
  return (
    folders.find((each) => existsSync(join(each, 'initdb')) && existsSync(join(each, 'postgres'))) ?? null
  );
}

function numberOf(user: string, flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, user], { encoding: 'utf8' }).trim());
}

/** Whom to run as: nobody in particular, unless that would be root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  return { uid: numberOf('nobody', '-u'), gid: numberOf('nobody', '-g') };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    // Not yet: whoever asks comes again, and gives up in the end.
    return false;
  } finally {
    await client.end();
  }
}

/** Starts a cluster. Nothing in it is worth a disk's waiting: it is written without syncing. */
export async function startLocalPostgres(binaries: string): Promise<LocalPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-postgres-'));
  const identity = unprivileged();
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o444 });
  const cluster = join(folder, 'cluster');
  const first = ['-D', cluster, '-U', 'trial', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const options = { ...identity, cwd: folder, env: { PATH: binaries, LC_ALL: 'C', TZ: 'UTC' } };
  execFileSync(join(binaries, 'initdb'), [...first, '--encoding=UTF8', '--no-sync'], {
    ...options,
    stdio: 'pipe',
  });
  const port = await freePort();
  const settings = {
    ...{ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder },
    ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '100' },
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(binaries, 'postgres'), ['-D', cluster, ...given], {
    ...options,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGQUIT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://trial:${password}@127.0.0.1:${port}/postgres`;
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await answers(url)) return { url, stop };
    if (server.exitCode !== null) break;
    await pause(100);
  }
  await stop();
  throw new Error('The local PostgreSQL does not answer.');
}
