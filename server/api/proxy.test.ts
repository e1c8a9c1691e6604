import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer } from '../../testing/organisation/index.ts';
import type { TrialServer } from '../../testing/organisation/index.ts';

let server: TrialServer;

beforeAll(async () => {
  server = await startTrialServer({ behindProxy: true, loginAttempts: { attempts: 3, windowSeconds: 300 } });
});
afterAll(() => server.close());

/** A guess as it comes from a proxy that adds the address it sees to what a client has sent. */
async function guess(forwardedFor: string): Promise<number> {
  const { status } = await fetch(`${server.url}/api/v1/users/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': forwardedFor },
    body: JSON.stringify({ username: 'somebody', password: 'wrong password' }),
  });
  return status;
}

async function guesses(addresses: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const address of addresses) statuses.push(await guess(address));
  return statuses;
}

describe('behind a proxy', () => {
  it('counts by the address that the proxy saw, whatever the client claims before it', async () => {
    const claimed = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];
    const statuses = await guesses(claimed.map((address) => `${address}, 198.51.100.7`));
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await guess('198.51.100.8')).toBe(401);
  });
});
