/** A server that swaps public keys while vaults are made and people let in (threat table D3, rows 4 and 5). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair, generateVaultKey, wrapVaultKey } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import { VaultStage } from './vaultstage.ts';

let stage: VaultStage;

beforeAll(async () => {
  stage = await VaultStage.open();
}, 120_000);

afterEach(() => {
  stage.proxy.tell(null);
});

afterAll(() => stage.close());

describe('a server that swaps public keys', () => {
  it('gets no vault at all when it is the own one (D3 row 4)', async () => {
    const other = await generateKeyPair();
    const from = stage.proxy.requests.length;
    stage.proxy.tell(
      lie.changing(`/users/${stage.annaId}/public-key`, (json) => void (json['publicKey'] = other.publicPem)),
    );
    const wish = { name: 'Swapped', description: '', recipients: [] };
    const creation = { ...wish, typeId: await stage.typeId('privateShared') };
    expect(await stage.annas.refusal('vaultAdmin', 'create', creation)).toBe('ownKeyMismatch');
    expect(stage.writesTo('/vaults', from)).toEqual([]);
  });

  it('gets no wrapped key when it is the one of who is let in (D3 row 5)', async () => {
    const vaultId = await stage.makeVault('Coveted');
    // Pinned with the first wrap.
    await stage.letIn(await stage.makeVault('Not coveted'), 'read');
    const fingerprint = await stage.shownKey(stage.borisId);
    const other = await generateKeyPair();
    const from = stage.proxy.requests.length;
    stage.proxy.tell(
      lie.changing(
        `/users/${stage.borisId}/public-key`,
        (json) => void (json['publicKey'] = other.publicPem),
      ),
    );
    const wish = { vaultId, folderId: null, userId: stage.borisId, access: 'read' as const };
    expect(await stage.annas.refusal('vaultAdmin', 'setPerson', { ...wish, fingerprint })).toBe(
      'recipientKeyChanged',
    );
    const { key, trust } = await stage.annas.ask('keyTrust', 'look', { userId: stage.borisId });
    expect(trust).toBe('changed');
    const swapped = { ...wish, fingerprint: key?.fingerprint ?? '' };
    expect(await stage.annas.refusal('vaultAdmin', 'setPerson', swapped)).toBe('recipientKeyChanged');
    const body = { name: 'Kept', administratorIds: [stage.borisId] };
    const { id: typeId } = await stage.organisation.anna.http.send<{ id: string }>(
      'POST',
      '/vault-types',
      body,
    );
    const recipients = [{ userId: stage.borisId, fingerprint }];
    const creation = { name: 'Kept too', description: '', typeId, recipients };
    expect(await stage.annas.refusal('vaultAdmin', 'create', creation)).toBe('recipientKeyChanged');
    expect(stage.writesTo('/vaults', from)).toEqual([]);
  });

  it('cannot put a key of its own in the place of one that was made here', async () => {
    const foreign = wrapVaultKey(generateVaultKey(), await stage.ownPublicKey());
    stage.proxy.tell(
      lie.feed((changes) => {
        for (const { vault } of changes as { vault?: lie.Members | null }[]) {
          if (vault?.['name'] === 'Ours') Object.assign(vault, { masterKeyEncrypted: foreign, salt: null });
        }
      }),
    );
    const vaultId = await stage.makeVault('Ours');
    expect(await stage.nodeOf(stage.annas, vaultId)).toMatchObject({
      trust: 'keyChanged',
      can: { addRecords: false },
    });
    const fingerprint = await stage.shownKey(stage.borisId);
    const wish = { vaultId, folderId: null, userId: stage.borisId, access: 'read' as const, fingerprint };
    expect(await stage.annas.refusal('vaultAdmin', 'setPerson', wish)).toBe('vaultKeyChanged');
    stage.proxy.tell(null);
    await stage.annas.ask('vaultAdmin', 'describe', { vaultId, name: 'Ours after all', description: '' });
    await stage.annas.synced();
    const recordId = await stage.writeRecord(vaultId, 'ours');
    expect(await stage.passwordOf(stage.annas, recordId)).toBe('ours');
  });
});
