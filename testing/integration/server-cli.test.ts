/** The server as it is started by hand: its output, its signals, its refusals. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { httpClient, signIn, trialOrganisation } from '../organisation/index.ts';

const cli = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));
const started: ChildProcess[] = [];
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-cli-'));
  folders.push(folder);
  return folder;
}

function start(args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (output.stdout.includes('\n')) resolve(output.stdout.split('\n')[0] ?? '');
    });
    child.on('close', () => reject(new Error(`The server ended: ${output.stderr}`)));
  });
  // A run that is expected to end is not asked for its line.
  line.catch(() => undefined);
  return { child, output, ended, line };
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the command line', () => {
  it('serves until it is told to stop, and then ends well', async () => {
    const data = join(newFolder(), 'new', 'data');
    const { child, line, ended, output } = start([
      '--port',
      '0',
      '--data',
      data,
      '--log-file',
      join(data, 'log'),
    ]);
    const url = (await line).replace('Listening at ', '');
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
    expect(statSync(join(data, 'setup_token')).mode & 0o777).toBe(0o400);
    for (const name of ['server.db', 'server.db-wal', 'log']) {
      expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0]);
    }
    const token = readFileSync(join(data, 'setup_token'), 'utf8').trim();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.stdout + output.stderr + readFileSync(join(data, 'log'), 'utf8')).not.toContain(token);
    expect(existsSync(join(data, 'server.db-wal'))).toBe(false);
  });

  it.each([
    [['--port', '0'], '--data'],
    [['--data', 'unused', '--port', 'x'], '--port'],
    [['--data', 'unused', '--tls-key', 'k'], '--tls-cert'],
    [['--data', 'unused', '--no-such-option'], 'no-such-option'],
  ])('refuses %j with a reason', async (args, reason) => {
    const { ended, output } = start(args);
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(reason);
    expect(output.stdout).toBe('');
  });

  it('keeps every change that it had answered when it is killed', async () => {
    const data = newFolder();
    const log = ['--log-file', join(data, 'log')];
    const first = start(['--port', '0', '--data', data, ...log]);
    const url = (await first.line).replace('Listening at ', '');
    const setupToken = readFileSync(join(data, 'setup_token'), 'utf8').trim();
    const { owner } = await trialOrganisation({ http: httpClient(url), setupToken }, 'owner', false);
    const { id: vaultId } = await owner.http.send<{ id: string }>('POST', '/vaults', { name: 'V' });
    const answered: string[] = [];
    const encryptedKey = Buffer.from('k').toString('base64');
    const write = async (index: number) => {
      const attachments = [{ name: 'a', encryptedKey, encryptedData: encryptedKey, hash: 'a'.repeat(64) }];
      const body = { vaultId, name: `Item ${index}`, attachments };
      answered.push((await owner.http.send<{ id: string }>('POST', '/items', body)).id);
      if (answered.length === 25) first.child.kill('SIGKILL');
    };
    const writes = await Promise.allSettled(Array.from({ length: 200 }, (_, index) => write(index)));
    expect(writes.some((result) => result.status === 'rejected')).toBe(true);
    await first.ended;
    const second = start(['--port', '0', '--data', data, ...log]);
    const again = await signIn(httpClient((await second.line).replace('Listening at ', '')), owner.person);
    expect(answered.length).toBeGreaterThanOrEqual(25);
    for (const id of answered) {
      const item = await again.http.send<{ attachments: { id: string }[] }>('GET', `/items/${id}`);
      const path = `/items/${id}/attachment/${item.attachments[0]?.id}`;
      expect(await again.http.send('GET', path)).toMatchObject({ encryptedData: encryptedKey });
    }
  });

  it('does not pretend that a folder with other data is the sample', async () => {
    const data = newFolder();
    const plain = start(['--port', '0', '--data', data]);
    await plain.line;
    plain.child.kill('SIGTERM');
    await plain.ended;
    const demo = start(['--port', '0', '--data', data, '--demo', '--log-file', join(data, 'log')]);
    expect(await demo.ended).toBe(1);
    expect(demo.output.stdout).toBe('');
    expect(demo.output.stderr).toContain('Choose an empty one');
  });

  it('takes files as large as it is told, and refuses a size that is none', async () => {
    const data = newFolder();
    const { line } = start(['--port', '0', '--data', data, '--largest-file', '20']);
    const url = (await line).replace('Listening at ', '');
    const setupToken = readFileSync(join(data, 'setup_token'), 'utf8').trim();
    const { owner } = await trialOrganisation({ http: httpClient(url), setupToken }, 'owner', false);
    const features = await owner.http.send<object[]>('GET', '/app/features');
    expect(features).toContainEqual(
      expect.objectContaining({ name: 'attachmentParts', largestFile: 20 * 1024 * 1024 }),
    );
    for (const size of ['0', '-1', '1.5', 'many']) {
      const refused = start(['--port', '0', '--data', newFolder(), `--largest-file=${size}`]);
      expect([size, await refused.ended]).toEqual([size, 1]);
    }
  });

  it('says so when the port is taken', async () => {
    const first = start(['--port', '0', '--data', newFolder()]);
    const port = /:(\d+)$/.exec(await first.line)?.[1] ?? '';
    const second = start(['--port', port, '--data', newFolder()]);
    expect(await second.ended).toBe(1);
    expect(second.output.stderr).toContain('EADDRINUSE');
  });
});
