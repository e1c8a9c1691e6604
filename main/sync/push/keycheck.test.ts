import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import {
  generateKeyPair,
  generateRecordKey,
  generateVaultKey,
  loadPrivateKey,
  openRecordKey,
  sealRecordKey,
  wrapVaultKey,
  type PrivateKey,
} from '../../keychain/index.ts';
import type { OutboxOperation, StoredVault } from '../../mirror/index.ts';
import { aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { allFieldsOf } from '../outbox/pending.ts';
import { VaultKeys } from '../trust/vaultkeys.ts';
import { keyCheckOf, sealAnew, type KeyCheckContext } from './keycheck.ts';

const former = generateVaultKey();
const present = generateVaultKey();
const recordKey = generateRecordKey();
const formerHash = 'a'.repeat(64);
const presentHash = 'b'.repeat(64);

let publicPem: string;
let privateKey: PrivateKey;
beforeAll(async () => {
  const pair = await generateKeyPair();
  publicPem = pair.publicPem;
  privateKey = loadPrivateKey(pair.privatePem);
});

let here: TestMirror;
let context: KeyCheckContext;
let vaultKeys: VaultKeys;
beforeEach(() => {
  here = temporaryMirror();
  const { mirror } = here;
  const subkey = (byte: number): LockedBytes => LockedBytes.adopt(Buffer.alloc(32, byte));
  vaultKeys = new VaultKeys({
    ...{ mirror, cacheKey: subkey(1), manifestKey: subkey(2), privateKey: () => privateKey },
    now: () => 1,
  });
  mirror.vaults.upsert(vaultUnder(former, formerHash));
  context = { mirror, vaultKeys, features: new Set(['vaultKeyCheck']) };
});
afterEach(() => {
  vaultKeys.dispose();
  here[Symbol.dispose]();
});

// Without a salt there is nothing that the check value could be held against.
function vaultUnder(key: typeof former, keyHash: string): StoredVault {
  return { ...aVault({ id: 'v' }), keyWrapped: wrapVaultKey(key, publicPem), keySalt: null, keyHash };
}

function unanswered(keyWrapped: string): OutboxOperation {
  const { mirror } = here;
  const record = aRecord({ id: 'made', vaultId: 'v', serverId: '', itemServerId: '', keyWrapped });
  mirror.records.upsertMany([record]);
  const { id } = mirror.outbox.add({
    ...{ object: 'record', objectId: 'made', name: 'made', at: 1 },
    change: {
      ...{ kind: 'create', place: { vaultId: 'v', folderId: null } },
      ...{ keyWrapped, fields: allFieldsOf(record) },
    },
  });
  mirror.outbox.tried(id, 2);
  const operation = mirror.outbox.get(id);
  if (operation === null) throw new Error('It waits.');
  return operation;
}

const adopt = (): void => {
  const key = vaultKeys.candidate(vaultUnder(present, presentHash));
  if (key === null) throw new Error('The key opens.');
  here.mirror.durable(() => vaultKeys.adopt(vaultUnder(present, presentHash), key));
};

describe('the key that a record key is under', () => {
  it('is told as long as the vault has it, and stays told for a repeat after a change', () => {
    const wrap = sealRecordKey(recordKey, former);
    expect(keyCheckOf(context, 'v', wrap)).toEqual({ vaultMasterKeyHash: formerHash });
    adopt();
    expect(keyCheckOf(context, 'v', wrap)).toEqual({ vaultMasterKeyHash: formerHash });
    const now = sealRecordKey(recordKey, present);
    expect(keyCheckOf(context, 'v', now)).toEqual({ vaultMasterKeyHash: presentHash });
  });

  it('is not told to a server that does not compare it', () => {
    const wrap = sealRecordKey(recordKey, former);
    expect(keyCheckOf({ ...context, features: new Set() }, 'v', wrap)).toEqual({});
    expect(keyCheckOf(context, 'v', null)).toEqual({});
  });
});

describe('what was refused for its key', () => {
  it('is sealed under the key of now, as another request', () => {
    const operation = unanswered(sealRecordKey(recordKey, former));
    adopt();
    expect(here.mirror.transaction(() => sealAnew(context, operation))).toBe(true);
    const [now] = here.mirror.outbox.all();
    expect(now?.id).not.toBe(operation.id);
    expect(now?.state).toBe('waiting');
    if (now?.change.kind !== 'create') throw new Error('It creates.');
    expect(openRecordKey(now.change.keyWrapped ?? '', present)).toEqual(recordKey);
  });

  it('stays what it is where this device has no other key than the refused one', () => {
    const operation = unanswered(sealRecordKey(recordKey, former));
    expect(here.mirror.transaction(() => sealAnew(context, operation))).toBe(false);
    expect(here.mirror.outbox.get(operation.id)).toEqual(operation);
  });
});
