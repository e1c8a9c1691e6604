import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, TrialServer } from '../../testing/organisation/index.ts';

const day = 24 * 3600 * 1000;
const begin = Date.now();
let now = begin;
let server: TrialServer;
let owner: Member;
let other: Member;

beforeAll(async () => {
  server = await startTrialServer({ clock: () => now });
  ({ owner } = await trialOrganisation(server, 'owner', false));
  ({ owner: other } = await trialOrganisation(server, 'other', false));
});
afterAll(() => server.close());

const eventsOf = async ({ http, person }: Member): Promise<string[]> => {
  const body = { username: person.login, password: person.password };
  const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', body);
  expect(http).toBeDefined();
  const answer = await server.http
    .as({ accessToken })
    .send<{ items: { event: string }[] }>('GET', '/activity?limit=100');
  return answer.items.map(({ event }) => event);
};

describe('the activity log', () => {
  it('is kept for good unless something else is said, and for a month at least', async () => {
    const path = '/organisation/activity-retention';
    expect(await owner.http.send('GET', path)).toEqual({ days: null });
    for (const days of [0, 29, 1.5, 10_000]) {
      await expect(owner.http.send('POST', path, { days })).rejects.toMatchObject({ status: 400 });
    }
    expect(await owner.http.send('POST', path, { days: 30 })).toEqual({ days: 30 });
    expect(await owner.http.send('GET', path)).toEqual({ days: 30 });
  });

  it('forgets what is older, of the organisation that said so only', async () => {
    await owner.http.send('POST', '/user-groups', { name: 'Group' });
    await other.http.send('POST', '/user-groups', { name: 'Group' });
    now = begin + 29 * day;
    expect(await eventsOf(owner)).toContain('userGroup_created');
    now = begin + 31 * day;
    const { dataFolder } = server;
    await server.stop();
    server = await startTrialServer({ clock: () => now, dataFolder });
    const left = await eventsOf(owner);
    expect(left).not.toContain('userGroup_created');
    expect(left).not.toContain('settings_changed');
    expect(left.filter((event) => event === 'session_started')).toHaveLength(2);
    expect(await eventsOf(other)).toContain('userGroup_created');
  });
});
