/** Editing what was sent for editing where records travel without client-side encryption. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LyingProxy } from '../hostile/proxy.ts';
import { buildPlainOrganisation, nina, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { createLedger } from '../organisation/ledger.ts';
import { accountOf, signIn } from '../organisation/member.ts';
import type { Member } from '../organisation/member.ts';
import { httpClient } from '../organisation/http.ts';
import { Application } from './application.ts';
import { password, read, set, settled } from './receivedstage.ts';

const otto = {
  ...nina,
  ...{ login: 'otto', email: 'otto@small.example', fullName: 'otto', role: 'user' as const },
};
const [sender, receiver] = [new Application(), new Application()];
let server: OwnServer;
let line: LyingProxy;
let owner: Member;
let entryId: string;
let sentId: string;
let receivedId: string;

const listed = async (app: Application, scope: { kind: 'all' } | { kind: 'inbox' }) => {
  const sort = { by: 'name', descending: false } as const;
  return (await app.ask('records', 'page', { scope, sort, offset: 0, limit: 200 })).rows;
};

beforeAll(async () => {
  server = await startOwnServer();
  line = await LyingProxy.start(server.url);
  owner = (await buildPlainOrganisation(server)).nina;
  await owner.http.send('POST', '/users', await accountOf(otto, createLedger()));
  const { userId } = await signIn(httpClient(server.url), otto);
  await sender.enrol(server.url, nina);
  sentId = (await listed(sender, { kind: 'all' })).find(({ name }) => name === 'Router')?.id ?? '';
  const itemId = sender.accounts.current().mirror.records.get(sentId)?.serverId;
  const wish = { itemId, userId, access: 'write' };
  entryId = (await owner.http.send<{ id: string }>('POST', '/inbox-items', wish)).id;
  await receiver.enrol(line.url, otto);
  receivedId = (await listed(receiver, { kind: 'inbox' }))[0]?.id ?? '';
});

afterAll(async () => {
  await sender.close();
  await receiver.close();
  await line.close();
  await server.end();
});

describe('a record that was sent for editing without client-side encryption', () => {
  it('is edited without a network, and the sender sees it', async () => {
    line.setDown(true);
    await receiver.ask('editing', 'save', {
      recordId: receivedId,
      fields: { login: 'by otto', password: set('typed by otto') },
    });
    line.setDown(false);
    await settled(receiver);
    await sender.synced();
    expect((await read(sender, sentId)).login).toBe('by otto');
    expect(await password(sender, sentId)).toBe('typed by otto');
    expect(await read(receiver, receivedId)).toMatchObject({ pending: false, flagged: false });
  });

  it('leaves what was typed where it is taken back meanwhile', async () => {
    line.setDown(true);
    const fields = { description: 'typed too late', password: set('typed too late as well') };
    await receiver.ask('editing', 'save', { recordId: receivedId, fields });
    await owner.http.send('DELETE', `/inbox-items/${entryId}`);
    line.setDown(false);
    await settled(receiver);
    expect(await listed(receiver, { kind: 'inbox' })).toEqual([]);
    const [row] = (await receiver.ask('conflicts', 'list', {})).rows;
    expect(row).toMatchObject({ kind: 'vaultLost', name: 'Router', vaultName: '' });
    const [id, key] = [row?.id ?? '', 'password'];
    expect((await receiver.ask('conflicts', 'reveal', { id, key, side: 'mine' })).value).toBe(
      'typed too late as well',
    );
    await receiver.ask('conflicts', 'decide', { id, decision: 'drop', place: null });
    expect((await receiver.ask('conflicts', 'list', {})).rows).toEqual([]);
  });
});
