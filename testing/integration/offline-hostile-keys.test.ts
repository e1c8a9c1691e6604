/** A vault key or the own key pair is swapped while something waits: nothing goes out under it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateVaultKey, wrapVaultKey } from '../../main/keychain/index.ts';
import { retryOperations } from '../../main/sync/index.ts';
import * as lie from '../hostile/lies.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

const ways = [
  ['by the feed', []],
  ['by listings', ['changes']],
] as const;

describe.each(ways)('%s', (_name, hidden) => {
  let stage: HostileStage;
  let here: OfflineHand;
  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  /** Requests that write, beside the reading batches. */
  const written = (): string[] =>
    stage.proxy.requests
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/batch'))
      .map(({ method, path }) => `${method} ${path}`);

  it('of the vault: edits, creations and moves are held, and go out when it ends', async () => {
    here = new OfflineHand(await stage.syncedDevice());
    const { id } = stage.organisation.servers;
    const router = here.device.record('Router');
    const elsewhere = here.device.records().find(({ kind, vaultId }) => kind === 'record' && vaultId !== id);
    expect([router.vaultId, elsewhere === undefined]).toEqual([id, false]);
    here.edit(router.id, { password: 'typed' });
    here.create(id, { name: 'Fresh', password: 'typed as well' });
    if (elsewhere !== undefined) here.move(elsewhere.id, id, null);
    const masterKeyEncrypted = wrapVaultKey(generateVaultKey(), stage.annaPublic);
    const swap = (row: lie.Members): void => void Object.assign(row, { masterKeyEncrypted });
    // The feed tells of a vault that was changed.
    await stage.organisation.anna.http.send('POST', `/vaults/${id}`, { name: 'Renamed' });
    stage.proxy.tell(
      lie.together(
        lie.vault(id, swap),
        lie.feed((changes) => {
          for (const told of changes) if (told['id'] === id) swap(told['vault'] as lie.Members);
        }),
      ),
    );
    await here.device.sync();
    await here.device.sync();
    expect(here.device.incidents).toEqual([]);
    expect(here.device.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(written()).toEqual([]);
    expect(here.waiting()).toEqual([
      'edit held vaultKeyChanged',
      'create held vaultKeyChanged',
      'move held vaultKeyChanged',
    ]);
    stage.proxy.tell(null);
    await here.device.sync();
    retryOperations(here.device.mirror, null);
    expect(await here.device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(here.waiting()).toEqual([]);
    const there = new OfflineHand(await stage.syncedDevice());
    expect(there.passwordOf(there.device.record('Router'))).toBe('typed');
    expect(there.passwordOf(there.device.record('Fresh'))).toBe('typed as well');
  });

  it.each(['another key', 'no key at all', 'another derivation'])('of the account: %s', async (what) => {
    here = new OfflineHand(await stage.syncedDevice());
    here.edit(here.device.record('Router').id, { description: `not for you: ${what}` });
    const lies = {
      'another key': lie.ownKeys((keys) => void (keys['public'] = 'bm90IGEga2V5')),
      'no key at all': lie.noOwnKeys,
      'another derivation': lie.masterKeyOptions('pbkdf:sha256:1:64:salt'),
    };
    stage.proxy.requests.length = 0;
    stage.tell(lies[what as keyof typeof lies]);
    expect(await here.device.sync()).toMatchObject({ phase: 'stopped' });
    expect([written(), stage.hashTraces()]).toEqual([[], []]);
    expect(here.waiting()).toEqual(['edit waiting']);
  });
});
