import { beforeEach, describe, expect, it } from 'vitest';
import { channelName, contract } from '../../contract/index.ts';
import { StrongroomError } from '../../contract/errors.ts';
import type { Result } from '../../contract/errors.ts';
import { openDoor } from './door.ts';
import type { Handlers } from './door.ts';
import { RevealBudget } from './revealbudget.ts';
import type { Caller } from './wire.ts';

type Answer = (caller: Caller, input: unknown) => Promise<unknown>;

const us: Caller = { windowId: 7, origin: 'app://strongroom', topFrame: true };
const reveal = channelName('records', 'revealField');
const revealInput = { recordId: 'r1', field: { kind: 'password' } };

let channels: Map<string, Answer>;
let called: string[];
let incidents: { channel: string; what: string }[];
let unlocked: boolean;
let budget: number;

/** Handlers that note that they ran; a few answer or fail in ways the tests need. */
function recordingHandlers(): Handlers {
  const handlers: Record<string, Record<string, unknown>> = {};
  for (const [feature, verbs] of Object.entries(contract)) {
    handlers[feature] = Object.fromEntries(
      Object.keys(verbs).map((verb) => [verb, () => void called.push(`${feature}.${verb}`)]),
    );
  }
  handlers['records']!['revealField'] = () => {
    called.push('records.revealField');
    return { value: 'opened', hidesAfterMs: 30_000 };
  };
  handlers['records']!['copyPassword'] = () => ({ clearsAt: 1, totalMs: 1, password: 'smuggled' });
  handlers['session']!['unlock'] = () => {
    throw new StrongroomError('wrongMasterPassword', {}, { cause: new Error('deep inside /home/somebody') });
  };
  handlers['tree']!['overview'] = () => {
    throw new Error('a message that quotes hunter2');
  };
  return handlers as unknown as Handlers;
}

function call(channel: string, input: unknown, caller: Caller = us): Promise<Result<unknown>> {
  return channels.get(channel)!(caller, input) as Promise<Result<unknown>>;
}

beforeEach(() => {
  channels = new Map();
  called = [];
  incidents = [];
  unlocked = true;
  budget = 100;
  openDoor(recordingHandlers(), {
    wire: { handle: (name, answer) => channels.set(name, answer), broadcast: () => undefined },
    origin: 'app://strongroom',
    isOurWindow: (id) => id === 7,
    isUnlocked: () => unlocked,
    reveals: {
      secret: new RevealBudget({ burst: budget, now: () => 0 }),
      code: new RevealBudget({ burst: budget, now: () => 0 }),
    },
    onIncident: (incident) => incidents.push(incident),
  });
});

describe('the door', () => {
  it('registers exactly the channels of the contract', () => {
    const expected = Object.entries(contract).flatMap(([feature, verbs]) =>
      Object.keys(verbs).map((verb) => channelName(feature, verb)),
    );
    expect([...channels.keys()].sort()).toEqual(expected.sort());
  });

  it('lets an honest call through', async () => {
    expect(await call(reveal, revealInput)).toEqual({
      ok: true,
      value: { value: 'opened', hidesAfterMs: 30_000 },
    });
    expect(incidents).toEqual([]);
  });

  it.each<[string, Partial<Caller>]>([
    ['another origin', { origin: 'https://strongroom' }],
    ['an origin that only begins like ours', { origin: 'app://strongroom.evil' }],
    ['our origin in capitals', { origin: 'APP://STRONGROOM' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin', { origin: '' }],
    ['a frame inside the page', { topFrame: false }],
    ['a window of somebody else', { windowId: 8 }],
  ])('refuses %s on every channel', async (_name, forged) => {
    for (const channel of channels.keys()) {
      const answer = await call(channel, revealInput, { ...us, ...forged });
      expect(answer).toEqual({ ok: false, error: { code: 'refused', params: {} } });
    }
    expect(called).toEqual([]);
    expect(incidents).toHaveLength(channels.size);
  });

  it('answers only the channels that need no vault while everything is locked', async () => {
    unlocked = false;
    for (const [feature, verbs] of Object.entries(contract)) {
      for (const [verb, channel] of Object.entries(verbs)) {
        const answer = await call(channelName(feature, verb), {});
        if (channel.needs === 'unlocked') {
          expect(answer, `${feature}.${verb}`).toEqual({ ok: false, error: { code: 'locked', params: {} } });
        }
      }
    }
    expect(called).not.toContain('records.revealField');
    expect(await call(reveal, revealInput)).toEqual({ ok: false, error: { code: 'locked', params: {} } });
  });

  it.each<[string, unknown]>([
    ['an unknown member', { ...revealInput, also: 1 }],
    ['an unknown member inside', { recordId: 'r1', field: { kind: 'password', index: 0 } }],
    ['a missing member', { recordId: 'r1' }],
    ['another type', { recordId: 7, field: { kind: 'password' } }],
    ['an empty id', { recordId: '', field: { kind: 'password' } }],
    ['a field that does not exist', { recordId: 'r1', field: { kind: 'everything' } }],
    ['nothing at all', undefined],
    ['a text', 'records'],
    ['an array', [revealInput]],
    ['an oversize text', { recordId: 'r'.repeat(5000), field: { kind: 'password' } }],
    ['a deep nest', JSON.parse('{"recordId":'.repeat(40) + '1' + '}'.repeat(40))],
    ['ten thousand members', Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [i, 0]))],
  ])('refuses %s', async (_name, input) => {
    expect(await call(reveal, input)).toEqual({ ok: false, error: { code: 'refused', params: {} } });
    expect(called).toEqual([]);
    expect(incidents).toHaveLength(1);
  });

  it('never passes on what the result schema does not name', async () => {
    const answer = await call(channelName('records', 'copyPassword'), { recordId: 'r1' });
    expect(answer).toEqual({ ok: false, error: { code: 'internal', params: {} } });
    expect(JSON.stringify(answer)).not.toContain('smuggled');
  });

  it('lets a code cross, never a message, a cause or a stack', async () => {
    const foreseen = await call(channelName('session', 'unlock'), {
      accountId: 'a',
      secret: new TextEncoder().encode('not the one'),
    });
    expect(foreseen).toEqual({ ok: false, error: { code: 'wrongMasterPassword', params: {} } });
    const unforeseen = await call(channelName('tree', 'overview'), {});
    expect(unforeseen).toEqual({ ok: false, error: { code: 'internal', params: {} } });
    expect(incidents.map((incident) => incident.what)).toEqual(['unforeseen error']);
  });

  it('slows down reveals, and only reveals', async () => {
    for (let i = 0; i < budget; i++) expect((await call(reveal, revealInput)).ok).toBe(true);
    expect(await call(reveal, revealInput)).toEqual({
      ok: false,
      error: { code: 'tooManyReveals', params: {} },
    });
    await call(channelName('session', 'lock'), {});
    expect(called.at(-1)).toBe('session.lock');
  });

  it('slows down one-time codes apart from the secrets', async () => {
    const read = channelName('records', 'readCode');
    for (let i = 0; i < budget; i++) await call(read, revealInput);
    expect(called.filter((name) => name === 'records.readCode')).toHaveLength(budget);
    expect(await call(read, revealInput)).toMatchObject({ ok: false, error: { code: 'tooManyReveals' } });
    expect((await call(reveal, revealInput)).ok).toBe(true);
  });
});

describe('the reveal budget', () => {
  it('refills one by one and never above its burst', () => {
    let now = 0;
    const reveals = new RevealBudget({ burst: 3, refillMs: 1000, now: () => now });
    expect([reveals.take(), reveals.take(), reveals.take(), reveals.take()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    now = 1999;
    expect([reveals.take(), reveals.take()]).toEqual([true, false]);
    now = 2000;
    expect(reveals.take()).toBe(true);
    now = 1_000_000;
    expect([reveals.take(), reveals.take(), reveals.take(), reveals.take()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
