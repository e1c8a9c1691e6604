/**
 * A server that lies while vault keys are handed out and changed (threat table D3, rows 3 to 8): what
 * it may learn is nothing, and what it may spoil is to be seen.
 */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  generateRecordKey,
  generateVaultKey,
  keyFingerprint,
  sealRecordKey,
  unwrapVaultKey,
  wrapVaultKey,
} from '../../main/keychain/index.ts';
import { writeScripted } from '../hostile/answering.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie } from '../hostile/proxy.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import type { Application } from './application.ts';
import { TrustStage } from './truststage.ts';

const weak = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey;

let stage: TrustStage;
beforeAll(async () => {
  stage = await TrustStage.open();
}, 60_000);
afterAll(() => stage.close());
afterEach(() => {
  stage.proxy.tell(null);
  stage.proxy.requests.length = 0;
});

const publicKey = async ({ userId }: Member): Promise<string> =>
  (await stage.organisation.anna.http.send<{ publicKey: string }>('GET', `/users/${userId}/public-key`))
    .publicKey;

/** The honest server lets somebody in with the key of the vault. */
async function letIn(vault: OpenVault, member: Member): Promise<void> {
  const pem = await publicKey(member);
  if (vault.key === null) throw new Error('The vault has a key.');
  await stage.organisation.anna.http.send('POST', `/vaults/${vault.id}/access`, {
    ...{ userId: member.userId, access: 'write', publicKeyFingerprint: keyFingerprint(pem) },
    masterKeyEncrypted: wrapVaultKey(vault.key, pem),
  });
}

async function vaultHere(name: string, records: readonly string[]): Promise<OpenVault> {
  const { vault } = await stage.vaultWithGroup(name, records);
  await stage.app.synced();
  return vault;
}

/** Every password of a vault as an application opens it. */
async function passwordsIn(app: Application, vaultId: string): Promise<string[]> {
  const ids = await app.ids({ kind: 'vault', vaultId });
  const opened: string[] = [];
  for (const recordId of ids) {
    const answer = await app.call('records', 'revealField', { recordId, field: { kind: 'password' } });
    opened.push(answer.ok ? answer.value.value : answer.error.code);
  }
  return opened.sort();
}

async function admittedOf(vaultId: string): Promise<{ userId: string; fingerprint: string }[]> {
  const { holders } = await stage.app.ask('rekeying', 'holders', { vaultId });
  return holders.map(({ userId, fingerprint }) => ({ userId, fingerprint: fingerprint ?? '' }));
}

async function statesOf(): Promise<{ state: string; failure: string | null }[]> {
  const { rekeyings } = await stage.app.ask('rekeying', 'status', {});
  return rekeyings.map(({ state, failure }) => ({ state, failure }));
}

const until = (states: readonly { state: string; failure: string | null }[]): Promise<void> =>
  vi.waitFor(async () => expect(await statesOf()).toEqual(states), { timeout: 20_000 });

const writesTo = (end: RegExp): { path: string; body: string }[] =>
  stage.proxy.requests.filter(({ method, path }) => method !== 'GET' && end.test(path));

/** Forgets where the feed stood, so that the next sync compares the listings. */
const listAnew = (): void => stage.app.accounts.current().mirror.syncState.set('changeCursor', null);

/** The key as it is, wrapped anew: whoever has it can bring that about, and the app opens it once more. */
async function wrappedAnew(vault: OpenVault): Promise<Lie> {
  const pem = await publicKey(stage.organisation.anna);
  const wrap = wrapVaultKey(madeKeyOf(vault), pem);
  return lie.vault(vault.id, (row) => void (row['masterKeyEncrypted'] = wrap));
}

function madeKeyOf({ key }: OpenVault): NonNullable<OpenVault['key']> {
  if (key === null) throw new Error('The vault has a key.');
  return key;
}

/** Holds the answer to the next request of that kind back until `meanwhile` is done. */
function holding(method: string, path: RegExp, told: Lie, meanwhile: () => Promise<void>): Lie {
  let held = false;
  return (answer, response) => {
    if (held || answer.request.method !== method || !path.test(answer.request.path)) {
      return told(answer, response);
    }
    held = true;
    void meanwhile().then(
      () => writeScripted(response, { status: answer.status, json: answer.json }),
      () => response.destroy(),
    );
    return null;
  };
}

const resync = async (): Promise<void> => {
  listAnew();
  await stage.app.synced();
};

describe('D3 row 6: an access request', () => {
  async function requested(name: string) {
    const member = await stage.join(name);
    const { vault, group } = await stage.vaultWithGroup(`Vault for ${name}`, ['Switch']);
    await stage.addTo(group, member);
    await stage.app.synced();
    await stage.app.ask('requests', 'vouch', { vaultId: vault.id });
    const { requests } = await stage.app.ask('requests', 'list', { offset: 0 });
    const request = requests.find((each) => each.vault.id === vault.id);
    if (request === undefined) throw new Error('Nobody waits for the vault.');
    const { id, person, fingerprint } = request;
    const wish = { id, vaultId: vault.id, userId: person.id, fingerprint: fingerprint ?? '' };
    return { member, vault, wish: { ...wish, allowWeak: false } };
  }
  const confirmed = async (wish: Awaited<ReturnType<typeof requested>>['wish']): Promise<string | null> => {
    const { outcomes } = await stage.app.ask('requests', 'confirm', { requests: [wish] });
    return outcomes[0]?.failure?.code ?? null;
  };

  it('is answered with the vault’s key also when a sync opened it anew in between', async () => {
    const { member, vault, wish } = await requested('late');
    const anew = await wrappedAnew(vault);
    stage.proxy.tell(holding('GET', /\/public-key$/, anew, resync));
    expect(await confirmed(wish)).toBeNull();
    const told = await member.http.send<{ masterKeyEncrypted: string }>('GET', `/vaults/${vault.id}`);
    if (member.privateKey === null) throw new Error('The person has keys.');
    expect(unwrapVaultKey(told.masterKeyEncrypted, member.privateKey).equals(stage.keyOf(vault.id))).toBe(
      true,
    );
  });

  it('gets nothing where the key came into doubt in between', async () => {
    const { vault, wish } = await requested('doubted');
    const forged = wrapVaultKey(generateVaultKey(), await publicKey(stage.organisation.anna));
    const other = lie.vault(vault.id, (row) => {
      Object.assign(row, { masterKeyEncrypted: forged, salt: null, masterKeyHash: null });
    });
    stage.proxy.tell(holding('GET', /\/public-key$/, other, resync));
    expect(await confirmed(wish)).toBe('vaultKeyChanged');
    expect(writesTo(/\/confirm$/)).toEqual([]);
  });

  it('gets nothing where the key of the person is swapped, or too short, when it is confirmed', async () => {
    const { member, wish } = await requested('swapped');
    stage.stateKey(member.userId, await publicKey(stage.organisation.boris));
    expect(await confirmed(wish)).toBe('recipientKeyChanged');
    stage.stateKey(member.userId, weak);
    expect(await confirmed({ ...wish, fingerprint: keyFingerprint(weak) })).toBe('weakRecipientKey');
    expect(writesTo(/\/confirm$/)).toEqual([]);
  });

  it('shows the vault by the name that this device knows, whatever the request calls it', async () => {
    const { vault } = await requested('misnamed');
    stage.proxy.tell(
      lie.changing('/access-requests', (json) => {
        for (const row of lie.rowsOf(json)) (row['vault'] as lie.Members)['name'] = 'Canteen menu';
      }),
    );
    const { requests } = await stage.app.ask('requests', 'list', { offset: 0 });
    expect(requests.find((each) => each.vault.id === vault.id)?.vault.name).toBe(vault.name);
  });
});

describe('a vault that is made', () => {
  it('is not taken for another one whose id the server names', async () => {
    const vault = await vaultHere('Long known', ['One']);
    const pin = stage.app.accounts.current().mirror.pins.vaultKey(vault.id);
    const { types } = await stage.app.ask('vaultAdmin', 'types', {});
    stage.proxy.tell((answer) => {
      const { method, path } = answer.request;
      if (method === 'POST' && path === '/api/v1/vaults') (answer.json as lie.Members)['id'] = vault.id;
      return undefined;
    });
    const wish = { name: 'New', description: '', typeId: types[0]?.id ?? '', recipients: [] };
    expect(await stage.app.refusal('vaultAdmin', 'create', wish)).toBe('badAnswer');
    expect(stage.app.accounts.current().mirror.pins.vaultKey(vault.id)).toEqual(pin);
    expect(await passwordsIn(stage.app, vault.id)).toEqual(['password of One']);
  });
});

describe('another key for a vault', () => {
  it('is given to nobody whom the server adds between showing and wrapping', async () => {
    const vault = await vaultHere('Haunted', ['One']);
    const admitted = await admittedOf(vault.id);
    const ghost = await stage.join('ghost');
    await letIn(vault, ghost);
    stage.proxy.requests.length = 0;
    await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted });
    await until([]);
    const [begun] = writesTo(/\/rekey$/);
    const sent = JSON.parse(begun?.body ?? '') as { keys: Record<string, unknown>; leftOut: string[] };
    expect(Object.keys(sent.keys)).toEqual([stage.organisation.anna.userId]);
    expect(sent.leftOut).toEqual([ghost.userId]);
    const { requests } = await stage.app.ask('requests', 'list', { offset: 0 });
    expect(requests.find((each) => each.vault.id === vault.id)).toMatchObject({
      ...{ reason: 'rekey', person: { id: ghost.userId } },
    });
  }, 30_000);

  it('D3 row 13b: is not wrapped for a key that is too short', async () => {
    const member = await stage.join('weak');
    const vault = await vaultHere('Weakly held', ['One']);
    await letIn(vault, member);
    stage.stateKey(member.userId, weak);
    const admitted = await admittedOf(vault.id);
    expect(admitted.map(({ fingerprint }) => fingerprint)).toContain(keyFingerprint(weak));
    expect(await stage.app.refusal('rekeying', 'begin', { vaultId: vault.id, admitted })).toBe(
      'weakRecipientKey',
    );
    expect(writesTo(/\/rekey$/)).toEqual([]);
  }, 30_000);

  it('reaches every record also when a sync opens the former key anew in the middle', async () => {
    const vault = await vaultHere('Reopened', ['One', 'Two', 'Three']);
    const before = await passwordsIn(stage.app, vault.id);
    const admitted = await admittedOf(vault.id);
    const anew = await wrappedAnew(vault);
    stage.proxy.tell(
      holding('GET', /\/rekey\/records/, anew, async () => {
        await resync();
        stage.proxy.tell(null);
      }),
    );
    await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted });
    await until([]);
    const second = await stage.applicationOf(stage.organisation.anna);
    expect(await passwordsIn(second, vault.id)).toEqual(before);
    expect(await passwordsIn(stage.app, vault.id)).toEqual(before);
  }, 60_000);

  it.each(['the key of another record', 'a key under a former vault key', 'a key of nobody'])(
    'D3 row 11: is not put on a record for which the server serves %s',
    async (what) => {
      const vault = await vaultHere(`Replayed ${what}`, ['One', 'Two']);
      const before = await passwordsIn(stage.app, vault.id);
      const former = await wrapsOf(vault);
      if (what === 'a key under a former vault key') {
        const all = await admittedOf(vault.id);
        await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted: all });
        await until([]);
      }
      stage.proxy.requests.length = 0;
      stage.proxy.tell((answer) => {
        const { method, path } = answer.request;
        if (method !== 'GET' || !path.includes('/rekey/records')) return undefined;
        const [one, two] = lie.rowsOf(answer.json as lie.Members);
        if (one === undefined || two === undefined) return undefined;
        if (what === 'the key of another record') one['keyEncrypted'] = two['keyEncrypted'];
        else if (what === 'a key of nobody') {
          one['keyEncrypted'] = sealRecordKey(generateRecordKey(), madeKeyOf(vault));
        } else one['keyEncrypted'] = former.get(one['id'] as string);
        return undefined;
      });
      const admitted = await admittedOf(vault.id);
      await stage.app.ask('rekeying', 'begin', { vaultId: vault.id, admitted });
      await until([{ state: 'stopped', failure: 'tampered' }]);
      expect(writesTo(/\/rekey\/records/)).toEqual([]);
      stage.proxy.tell(null);
      await stage.app.ask('rekeying', 'giveUp', { vaultId: vault.id });
      await until([]);
      expect(await passwordsIn(stage.app, vault.id)).toEqual(before);
    },
    60_000,
  );

  async function wrapsOf({ id }: OpenVault): Promise<Map<string, string>> {
    const { items } = await stage.organisation.anna.http.send<{
      items: { id: string; keyEncrypted: string }[];
    }>('GET', `/items?vaultId=${id}`);
    return new Map(items.map((item) => [item.id, item.keyEncrypted]));
  }
});

describe('D3 row 8: a change of the key that nobody made', () => {
  async function substituted(name: string, told: (vault: OpenVault) => Lie): Promise<OpenVault> {
    const vault = await vaultHere(name, ['One', 'Two']);
    const forged = wrapVaultKey(generateVaultKey(), await publicKey(stage.organisation.anna));
    const swap = lie.vault(vault.id, (row) => {
      Object.assign(row, { masterKeyEncrypted: forged, salt: null, masterKeyHash: null });
    });
    stage.proxy.tell(lie.together(swap, told(vault)));
    await resync();
    return vault;
  }

  it('is not accepted, though a person says so, where it opens no record', async () => {
    const vault = await substituted('Substituted', () => () => undefined);
    const told = await stage.app.ask('rekeying', 'examine', { vaultId: vault.id });
    expect(told).toMatchObject({ same: 0, other: 2, missing: 0 });
    const wish = { vaultId: vault.id, mac: told.mac ?? '' };
    expect(await stage.app.refusal('rekeying', 'accept', wish)).toBe('vaultKeyChanged');
    expect(stage.app.accounts.current().mirror.pins.vaultKey(vault.id)?.trust).toBe('keyChanged');
    expect(await passwordsIn(stage.app, vault.id)).toEqual(['password of One', 'password of Two']);
  }, 30_000);

  it('is told of as unproven where the server keeps the records back', async () => {
    const vault = await substituted('Kept back', ({ id }) => (answer) => {
      const { path } = answer.request;
      if (path.startsWith('/api/v1/items') && path.includes(id)) (answer.json as lie.Members)['items'] = [];
      return undefined;
    });
    const told = await stage.app.ask('rekeying', 'examine', { vaultId: vault.id });
    expect(told).toMatchObject({ same: 0, other: 0, missing: 2 });
  }, 30_000);
});
