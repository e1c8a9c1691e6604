// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { ReceiverKey } from '../../../contract/sharing.ts';
import { useReceivers } from './receivers.ts';

const person = (id: string) => ({ id, name: id, login: id });
const key = (userId: string, trust: ReceiverKey['trust'], weak = false): ReceiverKey => ({
  ...{ userId, trust, weak, roster: null },
  fingerprint: trust === 'missing' ? null : `of ${userId}`,
});
const stated: Record<string, ReceiverKey> = {
  seen: key('seen', 'seen'),
  changed: key('changed', 'changed'),
  missing: key('missing', 'missing'),
  weak: key('weak', 'seen', true),
  differs: {
    ...key('differs', 'verified'),
    roster: { standing: 'differs', isOverruled: false, signers: [], name: 'Boris', login: 'boris' },
  },
};

beforeEach(() => {
  const { api } = fakeBridge({
    sharing: {
      keysOf: ({ userIds }) => done({ keys: userIds.flatMap((id) => stated[id] ?? []) }),
      people: () => done({ total: 2, people: [person('seen'), person('missing')] }),
    },
  });
  vi.stubGlobal('strongroom', api);
});

describe('the receivers of a send', () => {
  it('are named with the key that was shown, and only those whose key can be used', async () => {
    const receivers = useReceivers();
    for (const id of Object.keys(stated)) receivers.addPerson(person(id));
    await vi.waitFor(() => expect(receivers.isReady.value).toBe(true));
    expect(receivers.wish(true).people).toEqual([{ userId: 'seen', fingerprint: 'of seen' }]);
    expect(receivers.reached.value).toBe(1);
  });

  it('are all named, and without a key, where nothing is encrypted', async () => {
    const receivers = useReceivers();
    receivers.addPerson(person('missing'));
    await vi.waitFor(() => expect(receivers.isReady.value).toBe(true));
    expect(receivers.wish(false).people).toEqual([{ userId: 'missing', fingerprint: null }]);
  });

  it('of a group are its members, asked for when it is chosen; nobody counts twice', async () => {
    const receivers = useReceivers();
    receivers.addPerson(person('seen'));
    await receivers.addGroup({ id: 'g', name: 'G', memberCount: 2 });
    expect(receivers.wish(true).groups).toEqual([
      { groupId: 'g', members: [{ userId: 'seen', fingerprint: 'of seen' }] },
    ]);
    expect(receivers.reached.value).toBe(1);
    receivers.remove('g');
    expect(receivers.wish(true).groups).toEqual([]);
  });
});
