/** A database that cannot be used is refused without a word of its URL, which holds a password. */
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startServer } from '../index.ts';
import { databasePlace } from './places.ts';

async function refusal(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was refused';
}

async function closedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}

it('refuses a URL of another kind', async () => {
  const message = await refusal(async () => databasePlace('unused', 'mysql://me:secret-word@db/x'));
  expect(message).toBe('The database URL must begin with postgres://.');
});

it('does not start where no PostgreSQL answers', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'strongroom-place-'));
  const database = `postgres://me:secret-word@127.0.0.1:${await closedPort()}/x`;
  const message = await refusal(() => startServer({ dataFolder, database }));
  expect(message).toBe('The PostgreSQL database cannot be used (ECONNREFUSED).');
  rmSync(dataFolder, { recursive: true, force: true });
});
