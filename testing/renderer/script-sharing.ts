/**
 * The scripted sharing: people and groups of a large organisation, what was given already, links.
 * Offered where the scenario announces `inboxSend` and `linkList`.
 */
import type { GivenRecord, LinkView, SharedPerson } from '../../contract/sharing.ts';
import { keyTrustState } from '../../contract/keytrust.ts';
import type { Handlers, Stage } from './scripted.ts';

const hour = 3_600_000;
const day = 24 * hour;

const named: readonly SharedPerson[] = [
  { id: 'verified-2', name: 'Борис Кузнецов', login: 'b.kuznetsov' },
  { id: 'seen-3', name: 'Vera Lindqvist', login: 'v.lindqvist' },
  { id: 'unseen-4', name: 'Григорий Александрович Константинопольский', login: 'g.konstantinopolsky' },
  { id: 'changed-5', name: 'Dmitri Sokolov', login: 'd.sokolov' },
  { id: 'missing-6', name: 'Elena Fischer', login: 'e.fischer' },
];

/** Ten thousand people, of whom the first few have a name of their own. */
function people(): SharedPerson[] {
  const rest = Array.from({ length: 9_995 }, (_, at) => ({
    ...{ id: `seen-x${String(at)}`, name: `Person ${String(at + 6)}`, login: `p${String(at + 6)}` },
  }));
  return [...named, ...rest];
}

function givenSample(recordName: string): GivenRecord[] {
  const [boris, vera] = named;
  const sender = { id: 'anna', name: 'Anna Orlova', login: 'a.orlova' };
  const at = Date.now();
  const shared = { recordId: null, recordName, sender };
  return [
    {
      ...shared,
      id: 'i1',
      receiver: boris ?? null,
      group: null,
      access: 'write',
      seen: true,
      at: at - 3 * hour,
    },
    {
      ...shared,
      id: 'i2',
      receiver: vera ?? null,
      group: null,
      access: 'read',
      seen: false,
      at: at - 9 * day,
    },
    {
      ...{ ...shared, id: 'i3', receiver: named[2] ?? null, access: 'read', seen: false, at: at - 40 * day },
      group: { id: 'g-2', name: 'Бухгалтерия и финансовый контроль' },
    },
  ];
}

function linksSample(recordName: string): LinkView[] {
  const now = Date.now();
  const base = { recordId: null, recordName, creator: null, host: 'vault.corp.example', elsewhere: false };
  return [
    {
      ...{ ...base, id: 'l1', kind: 'single_use', views: 0, createdAt: now - hour, copyable: true },
      ...{ expiresAt: now + 6 * day, openedAt: null, alive: true },
    },
    {
      ...{ ...base, id: 'l2', kind: 'reusable', views: 17, createdAt: now - 20 * day, copyable: true },
      ...{ expiresAt: null, openedAt: now - day, alive: true },
    },
    {
      ...{ ...base, id: 'l3', kind: 'single_use', views: 1, createdAt: now - 12 * day, copyable: false },
      ...{ expiresAt: now - 5 * day, openedAt: now - 6 * day, alive: false },
    },
  ];
}

const copied = { clearsAt: 0, totalMs: 30_000 };

export function scriptSharing({ scenario }: Stage): Pick<Handlers, 'sharing'> {
  const has = (feature: string): boolean => scenario.features.includes(feature);
  let given = givenSample('web-03.prod — root');
  let links = linksSample('web-03.prod — root');
  const everybody = people();
  return {
    sharing: {
      offered: ({ recordIds }) => ({
        send: has('inboxSend') ? 'write' : null,
        ...{ toGroups: has('inboxGroups'), link: has('linkList') && recordIds.length === 1 },
        ...{ seesSent: has('inboxManage'), listsLinks: has('linkList') },
        hindrance: has('inboxSend') ? null : 'server',
        needNewKey: has('oldKeys') ? recordIds.slice(0, 1) : [],
        sealed: scenario.clientSideEncryption,
      }),
      people: ({ query, groupId, offset, limit }) => {
        const wanted = query.toLocaleLowerCase();
        const of = groupId === null ? everybody : everybody.slice(0, 4);
        const found = of.filter((each) => `${each.name} ${each.login}`.toLocaleLowerCase().includes(wanted));
        return { total: found.length, people: found.slice(offset, offset + limit) };
      },
      keysOf: ({ userIds }) => ({
        keys: userIds.map((userId) => {
          const told = keyTrustState.safeParse(userId.split('-')[0]);
          const trust = told.success ? told.data : 'seen';
          return {
            userId,
            trust,
            fingerprint: trust === 'missing' ? null : 'ab12'.repeat(16),
            weak: false,
            roster: null,
          };
        }),
      }),
      send: ({ people: receivers, groups: sentTo }) => ({
        sent: receivers.length + sentTo.length,
        ...{ refused: [], renewed: [] },
      }),
      given: () => ({ total: given.length, entries: given }),
      sent: () => ({ total: given.length, entries: given }),
      setAccess: ({ entryId, access }) => {
        given = given.map((each) => (each.id === entryId ? { ...each, access } : each));
        return {};
      },
      takeBack: ({ entryIds }) => {
        given = given.filter(({ id }) => !entryIds.includes(id));
        return { done: entryIds.length };
      },
      renewKey: ({ recordId }) => ({ recordId }),
      makeLink: ({ recordId, kind }) => {
        const [first] = linksSample('web-03.prod — root');
        if (first === undefined) return { fails: 'notFound' };
        const link = { ...first, id: `new-${String(links.length)}`, recordId, kind };
        links = [link, ...links];
        return { link, renewed: null, copied: { ...copied, clearsAt: Date.now() + copied.totalMs } };
      },
      copyLink: () => ({ ...copied, clearsAt: Date.now() + copied.totalMs }),
      showLink: () => ({
        url: `https://vault.corp.example/g/p/${'aB3'.repeat(8)}x#code=${'kQ7@m2'.repeat(16)}abcd`,
      }),
      links: () => ({ total: links.length, links }),
      endLinks: ({ linkIds }) => {
        links = links.filter(({ id }) => !linkIds.includes(id));
        return { done: linkIds.length };
      },
    },
  };
}
