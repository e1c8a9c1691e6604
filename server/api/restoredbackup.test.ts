/** A server that was put back to an older backup says so to whoever knows of what came after it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import { signIn } from '../../testing/organisation/member.ts';
import type { TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

let server: TrialServer;
let owner: Member;
let backup = '';

beforeAll(async () => {
  backup = mkdtempSync(join(tmpdir(), 'strongroom-backup-'));
  server = await startTrialServer();
  owner = (await trialOrganisation(server, 'backup-owner', false)).owner;
});
afterAll(async () => {
  await server.close();
  rmSync(backup, { recursive: true, force: true });
});

async function startAgain(): Promise<void> {
  server = await startTrialServer({ dataFolder: server.dataFolder });
  owner = await signIn(server.http, owner.person);
}

const newVault = () => owner.http.send('POST', '/vaults', { name: 'Vault' });
const poll = (since: string) =>
  owner.http.send<{ changes: { kind: string }[] }>('GET', `/changes?since=${encodeURIComponent(since)}`);
const cursorNow = async () => (await owner.http.send<{ cursor: string }>('GET', '/changes')).cursor;

it('tells cursors from the lost future apart from those that it can go on from', async () => {
  await newVault();
  const known = await cursorNow();
  await server.stop();
  cpSync(server.dataFolder, backup, { recursive: true });
  await startAgain();
  for (let count = 0; count < 3; count += 1) await newVault();
  const lost = await cursorNow();
  await server.stop();
  rmSync(server.dataFolder, { recursive: true });
  cpSync(backup, server.dataFolder, { recursive: true });
  await startAgain();

  const refused = { status: 410, codes: ['cursorFromLostFuture'] };
  expect((await poll(known)).changes).toEqual([]);
  await expect(poll(lost)).rejects.toMatchObject(refused);
  // The positions are given out again, and passed; the cursor is still not of this history.
  for (let count = 0; count < 5; count += 1) await newVault();
  await expect(poll(lost)).rejects.toMatchObject(refused);
  expect((await poll(known)).changes.length).toBeGreaterThan(0);
  await expect(poll('made up')).rejects.toMatchObject({ status: 410, codes: ['cursorExpired'] });
});
