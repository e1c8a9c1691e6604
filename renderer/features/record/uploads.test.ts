// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/errors.ts';
import { useUploads } from './uploads.ts';

type Added = Result<{ attachmentId: string }>;

let bridge: FakeBridge;
let adding: Map<string, (answer: Added) => void>;

const file = (token: string, refusal: 'tooLarge' | 'unreadable' | null = null) => ({
  token,
  name: `${token}.pem`,
  size: 100,
  refusal,
});
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const added = (): string[] =>
  bridge.calls
    .filter(({ name }) => name === 'attachments.add')
    .map(({ input }) => (input as { token: string }).token);

beforeEach(() => {
  setActivePinia(createPinia());
  adding = new Map();
  bridge = fakeBridge({
    attachments: {
      stage: () => done({ files: [file('a'), file('big', 'tooLarge'), file('b')], limit: 50 }),
      choose: () => ({ ok: false, error: { code: 'cancelled', params: {} } }),
      add: ({ token }) => new Promise<Added>((resolve) => adding.set(token, resolve)),
      cancel: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('files on their way', () => {
  it('go one after another, and those that cannot go say why', async () => {
    const uploads = useUploads();
    await uploads.drop('r1', [{}, {}, {}]);
    await settle();
    expect(added()).toEqual(['a']);
    expect(uploads.uploads.map(({ token, stage }) => [token, stage])).toEqual([
      ['a', 'waiting'],
      ['big', 'failed'],
      ['b', 'waiting'],
    ]);
    expect(uploads.uploads[1]?.failure).toEqual({
      code: 'fileTooLarge',
      params: { name: 'big.pem', size: 100, limit: 50 },
    });
    adding.get('a')?.(done({ attachmentId: 'x' }));
    await settle();
    expect(added()).toEqual(['a', 'b']);
    expect(uploads.uploads.map(({ token }) => token)).toEqual(['big', 'b']);
  });

  it('show their progress and their failure in place', async () => {
    const uploads = useUploads();
    uploads.follow();
    await uploads.drop('r1', [{}]);
    await settle();
    bridge.emit('attachmentProgress', { token: 'a', stage: 'sending', done: 64, total: 100 });
    expect(uploads.uploads[0]).toMatchObject({ stage: 'sending', done: 64 });
    adding.get('a')?.({ ok: false, error: { code: 'diskFull', params: {} } });
    await settle();
    expect(uploads.uploads[0]).toMatchObject({ stage: 'failed', failure: { code: 'diskFull' } });
  });

  it('do not start once they were cancelled', async () => {
    const uploads = useUploads();
    await uploads.drop('r1', [{}]);
    await uploads.cancel('b');
    adding.get('a')?.(done({ attachmentId: 'x' }));
    await settle();
    expect(added()).toEqual(['a']);
    expect(bridge.calls.some(({ name }) => name === 'attachments.cancel')).toBe(true);
  });

  it('do not go on after everything was forgotten', async () => {
    const uploads = useUploads();
    await uploads.drop('r1', [{}]);
    await settle();
    uploads.forget();
    adding.get('a')?.(done({ attachmentId: 'x' }));
    await settle();
    expect(added()).toEqual(['a']);
    expect(uploads.uploads).toEqual([]);
  });

  it('say nothing when the person closed the dialog', async () => {
    const uploads = useUploads();
    await uploads.choose('r1');
    expect(uploads.failure).toBeNull();
    expect(uploads.uploads).toEqual([]);
  });
});
