/**
 * For every endpoint that needs a right on an object: a request that would do what it is for. What a
 * request uses up is made anew before each, and what it changes is undone after it, so that the
 * order in which people try does not matter.
 */
import { keyFingerprint } from '../../main/keychain/index.ts';
import type { Http, Member } from '../organisation/index.ts';
import { onConversion } from './converting.ts';
import { uploaded, uploading } from './parts.ts';
import type { Stage } from './stage.ts';
import { keyCheck, sealedKey, sealedText, wrapped } from './stage.ts';

/** One request, and how what it did is undone. */
export interface Attempt {
  path: string;
  body?: unknown;
  /** Bytes instead of JSON, with their headers. */
  bytes?: { data: Buffer; headers: Record<string, string> };
  undo?: () => Promise<unknown>;
}
/** Prepares a request for somebody; undefined for nobody. */
export type Prepare = (stage: Stage, who: Member | undefined) => Promise<Attempt> | Attempt;

const attachmentBody = () => ({
  ...{ name: 'a.txt', encryptedKey: sealedKey(), encryptedData: sealedText(), hash: 'a'.repeat(64) },
});

const owning = (stage: Stage): Http => stage.owner.http;
const onVault = (rest = '', body?: unknown): Prepare => {
  return (stage) => ({ path: `/vaults/${stage.vaultId}${rest}`, body });
};
const onFolder = (rest = '', body?: unknown): Prepare => {
  return (stage) => ({ path: `/folders/${stage.folderId}${rest}`, body });
};
const onRecord = (rest = '', body?: () => unknown): Prepare => {
  return async (stage) => ({ path: `/items/${await stage.record()}${rest}`, body: body?.() });
};

async function newFolder(stage: Stage): Promise<string> {
  const place = { vaultId: stage.vaultId, parentFolderId: stage.folderId };
  return stage.create('/folders', { name: 'Folder', ...place });
}

async function binned(stage: Stage): Promise<string> {
  const path = `/items/${await stage.record()}`;
  return (await owning(stage).send<{ binItemId: string }>('DELETE', path)).binItemId;
}

async function shortcut(stage: Stage): Promise<string> {
  const body = { vaultId: stage.vaultId, folderId: stage.folderId, itemId: await stage.record() };
  return stage.create('/shortcuts', { ...body, keyEncrypted: sealedKey() });
}

/** A record with an attachment and one former state. */
async function historical(stage: Stage) {
  const itemId = await stage.record();
  const http = owning(stage);
  const { id: attachmentId } = await http.send<{ id: string }>(
    'POST',
    `/items/${itemId}/attachments`,
    attachmentBody(),
  );
  await http.send('PATCH', `/items/${itemId}`, { name: 'Changed' });
  const { items } = await http.send<{ items: { id: string }[] }>('GET', `/items/${itemId}/snapshots`);
  return { itemId, attachmentId, snapshotId: items[0]?.id ?? '' };
}

/** A person let in by name on the vault without a key: an access request waits. */
async function waiting(stage: Stage): Promise<Attempt & { id: string; fingerprint: string }> {
  const member = stage.people.get('none');
  const group = await stage.create('/user-groups', { name: 'Waiting' });
  const http = owning(stage);
  await http.send('POST', `/user-groups/${group}/add-users`, { userIds: [member?.userId] });
  await http.send('POST', `/vaults/${stage.vaultId}/access`, { groupId: group, access: 'read' });
  const queue = `/access-requests?userId=${member?.userId}`;
  const { items } = await http.send<{ items: { id: string }[] }>('GET', queue);
  const path = `/users/${member?.userId}/public-key`;
  const { publicKey } = await http.send<{ publicKey: string }>('GET', path);
  const undo = () => http.send('DELETE', `/user-groups/${group}`);
  const fingerprint = keyFingerprint(publicKey);
  return { path: '/access-requests', id: items[0]?.id ?? '', fingerprint, undo };
}

/** A vault in the bin in which somebody had the access that they have to the stage's vault. */
async function deletedVault(stage: Stage, who: Member | undefined, rest: string): Promise<Attempt> {
  const http = owning(stage);
  const id = await stage.create('/vaults', { name: 'Old', masterKeyEncrypted: wrapped(), ...keyCheck() });
  const level = [...stage.people].find(([, member]) => member === who)?.[0] ?? 'none';
  if (who && ['forbidden', 'read', 'write', 'full', 'admin'].includes(level)) {
    const body = { userId: who.userId, access: level, masterKeyEncrypted: wrapped() };
    await http.send('POST', `/vaults/${id}/access`, body);
  }
  await http.send('DELETE', `/vaults/${id}`);
  return { path: `/bin/vaults/${id}${rest}` };
}

const onRekeying = (method: string, rest = '', body?: unknown): Prepare => {
  return async (stage) => {
    const path = `/vaults/${stage.vaultId}/rekey`;
    const giveUp = () =>
      owning(stage)
        .send('DELETE', path)
        .catch(() => undefined);
    const begun = { ...keyCheck(), ...(await rekeyingKeys(stage)) };
    // Where it is not what is tried it has been begun by the owner.
    if (method !== 'begin') await owning(stage).send('POST', path, begun);
    return { path: path + rest, body: method === 'begin' ? begun : body, undo: giveUp };
  };
};

/** A new vault key for the owner and whoever may try; everybody else waits. */
async function rekeyingKeys(stage: Stage) {
  const keys: Record<string, object> = {};
  const administrator = stage.people.get('admin');
  for (const member of [stage.owner, ...(administrator ? [administrator] : [])]) {
    const path = `/users/${member.userId}/public-key`;
    const { publicKey } = await owning(stage).send<{ publicKey: string }>('GET', path);
    const publicKeyFingerprint = keyFingerprint(publicKey);
    keys[member.userId] = { masterKeyEncrypted: wrapped(), publicKeyFingerprint };
  }
  const others = [...stage.people.values()].map(({ userId }) => userId);
  return { keys, leftOut: others.filter((id) => keys[id] === undefined) };
}

const nothingDemanded = { minimumLength: 0, requiredSets: [], minimumBits: 0 };

const vaults: Record<string, Prepare> = {
  'GET /vaults/{id}': onVault(),
  'POST /vaults/{id}': onVault('', { name: 'Vault' }),
  'POST /vaults/{id}/settings': onVault('/settings', { areLinksAllowed: true, isSendingAllowed: true }),
  'POST /vaults/{id}/password-policy': onVault('/password-policy', nothingDemanded),
  'POST /vaults/{id}/rekey': onRekeying('begin'),
  'GET /vaults/{id}/rekey': onRekeying('ask'),
  'DELETE /vaults/{id}/rekey': onRekeying('give up'),
  'GET /vaults/{id}/rekey/records': onRekeying('ask', '/records'),
  'POST /vaults/{id}/rekey/records': onRekeying('put by', '/records', {
    records: [
      {
        ...{ kind: 'item', id: 'a'.repeat(24) },
        ...{ formerKeyEncrypted: sealedKey(), keyEncrypted: sealedKey() },
      },
    ],
  }),
  // Nothing has been put by: that is told (409) only to those who may finish.
  'POST /vaults/{id}/encryption': onConversion('begin'),
  'GET /vaults/{id}/encryption': onConversion('ask'),
  'GET /vaults/{id}/encryption/objects': onConversion('walk'),
  'POST /vaults/{id}/encryption/objects': onConversion('put by'),
  'POST /vaults/{id}/encryption/files': onConversion('file'),
  'GET /vaults/{id}/encryption/files/{attachmentId}': onConversion('read file'),
  'GET /vaults/{id}/encryption/files/{attachmentId}/parts/{number}': onConversion('read part'),
  'PUT /vaults/{id}/encryption/files/{attachmentId}/parts/{number}': onConversion('part'),
  'POST /vaults/{id}/rekey/finish': onRekeying('finish', '/finish'),
  'POST /vaults/{id}/visibility': onVault('/visibility', { isVisible: true }),
  'POST /vaults/{id}/type': onVault('/type', { typeId: '000000000000000000000b02' }),
  'DELETE /vaults/{id}': (stage) => {
    const restore = () => owning(stage).send('POST', `/bin/vaults/${stage.vaultId}/restore`);
    return { path: `/vaults/${stage.vaultId}`, undo: () => restore().catch(() => undefined) };
  },
  'DELETE /bin/vaults/{id}': (stage, who) => deletedVault(stage, who, ''),
  'POST /bin/vaults/{id}/restore': (stage, who) => deletedVault(stage, who, '/restore'),
  'POST /vaults/{id}/leave': (stage, who) => ({
    path: `/vaults/${stage.vaultId}/leave`,
    undo: async () => {
      const kind = [...stage.people].find(([, member]) => member === who)?.[0];
      if (!who || !kind || !['read', 'write', 'full', 'admin'].includes(kind)) return;
      const body = { userId: who.userId, access: kind, masterKeyEncrypted: wrapped() };
      await owning(stage).send('POST', `/vaults/${stage.vaultId}/access`, body);
    },
  }),
  'GET /vaults/{id}/activity': onVault('/activity'),
  'GET /vaults/{id}/access': onVault('/access'),
  'GET /vaults/{id}/access/effective': onVault('/access/effective'),
  'POST /vaults/{id}/access': async (stage) => ({
    ...{ path: `/vaults/${stage.vaultId}/access` },
    body: { userId: await stage.bystander(), access: 'forbidden' },
  }),
  'GET /access-requests': (stage) => ({ path: `/access-requests?vaultId=${stage.vaultId}` }),
  'POST /access-requests/{id}/confirm': async (stage) => {
    const { id, fingerprint, ...rest } = await waiting(stage);
    const body = { masterKeyEncrypted: wrapped(), publicKeyFingerprint: fingerprint };
    return { ...rest, path: `/access-requests/${id}/confirm`, body };
  },
  'POST /access-requests/{id}/decline': async (stage) => {
    const { id, fingerprint: _unused, ...rest } = await waiting(stage);
    return { ...rest, path: `/access-requests/${id}/decline` };
  },
};

const folders: Record<string, Prepare> = {
  'GET /folders': (stage) => ({ path: `/folders?vaultId=${stage.vaultId}` }),
  'GET /folders/{id}': onFolder(),
  'POST /folders': (stage) => ({
    ...{ path: '/folders', body: { name: 'New', vaultId: stage.vaultId, parentFolderId: stage.folderId } },
  }),
  'POST /folders/{id}': onFolder('', { name: 'Folder' }),
  'POST /folders/{id}/move': async (stage) => ({
    ...{ path: `/folders/${await newFolder(stage)}/move`, body: { parentFolderId: null } },
  }),
  'DELETE /folders/{id}': async (stage) => ({ path: `/folders/${await newFolder(stage)}` }),
  'GET /folders/{id}/access/effective': onFolder('/access/effective'),
  'POST /folders/{id}/access': async (stage) => ({
    ...{ path: `/folders/${stage.folderId}/access` },
    body: { userId: await stage.bystander(), access: 'forbidden' },
  }),
};

const records: Record<string, Prepare> = {
  'GET /items': (stage) => ({ path: `/items?vaultId=${stage.vaultId}` }),
  'POST /items': (stage) => ({
    path: '/items',
    body: { vaultId: stage.vaultId, folderId: stage.folderId, name: 'New', keyEncrypted: sealedKey() },
  }),
  'POST /items/bulk': (stage) => ({
    path: '/items/bulk',
    body: { vaultId: stage.vaultId, items: [{ name: 'New', folderId: stage.folderId }] },
  }),
  'GET /items/{id}': onRecord(),
  'PATCH /items/{id}': onRecord('', () => ({ name: 'Changed' })),
  'DELETE /items/{id}': onRecord(),
  'POST /items/{id}/favorite': onRecord('/favorite', () => ({ isFavorite: true })),
  'GET /items/{id}/activity': onRecord('/activity'),
  'POST /items/{id}/attachments': onRecord('/attachments', attachmentBody),
  'DELETE /items/{id}/attachments/{attachmentId}': async (stage) => {
    const { itemId, attachmentId } = await historical(stage);
    return { path: `/items/${itemId}/attachments/${attachmentId}` };
  },
  'PATCH /items/{id}/attachments/{attachmentId}': async (stage) => {
    const { itemId, attachmentId } = await historical(stage);
    return { path: `/items/${itemId}/attachments/${attachmentId}`, body: { name: 'b.txt' } };
  },
  'GET /items/{id}/attachment/{attachmentId}': async (stage) => {
    const { itemId, attachmentId } = await historical(stage);
    return { path: `/items/${itemId}/attachment/${attachmentId}` };
  },
  'GET /items/{id}/snapshots': onRecord('/snapshots'),
  'GET /items/{id}/snapshot/{snapshotId}': async (stage) => {
    const { itemId, snapshotId } = await historical(stage);
    return { path: `/items/${itemId}/snapshot/${snapshotId}` };
  },
  'GET /snapshots/{snapshotId}/attachment/{attachmentId}': async (stage) => {
    const { snapshotId, attachmentId } = await historical(stage);
    return { path: `/snapshots/${snapshotId}/attachment/${attachmentId}` };
  },
  'PUT /items/{id}/uploads/{key}': (stage, who) => uploading(stage, who, 'begin'),
  'GET /items/{id}/uploads/{key}': (stage, who) => uploading(stage, who, 'ask'),
  'DELETE /items/{id}/uploads/{key}': (stage, who) => uploading(stage, who, 'drop'),
  'PUT /items/{id}/uploads/{key}/parts/{number}': (stage, who) => uploading(stage, who, 'part'),
  'POST /items/{id}/uploads/{key}/finish': (stage, who) => uploading(stage, who, 'finish'),
  'GET /items/{id}/attachment/{attachmentId}/parts/{number}': async (stage) => {
    const { itemId, attachmentId } = await uploaded(stage);
    return { path: `/items/${itemId}/attachment/${attachmentId}/parts/1` };
  },
  'GET /snapshots/{id}/attachment/{attachmentId}/parts/{number}': async (stage) => {
    const { snapshotId, attachmentId } = await uploaded(stage);
    return { path: `/snapshots/${snapshotId}/attachment/${attachmentId}/parts/1` };
  },
};

const elsewhere: Record<string, Prepare> = {
  'GET /shortcuts': (stage) => ({ path: `/shortcuts?vaultId=${stage.vaultId}` }),
  'GET /shortcuts/{id}': async (stage) => ({ path: `/shortcuts/${await shortcut(stage)}` }),
  'POST /shortcuts': async (stage) => ({
    path: '/shortcuts',
    body: { vaultId: stage.vaultId, itemId: await stage.record(), keyEncrypted: sealedKey() },
  }),
  'DELETE /shortcuts/{id}': async (stage) => ({ path: `/shortcuts/${await shortcut(stage)}` }),
  'GET /bin': (stage) => ({ path: `/bin?vaultId=${stage.vaultId}` }),
  'POST /bin/{id}/restore': async (stage) => ({
    ...{ path: `/bin/${await binned(stage)}/restore`, body: { folderId: stage.folderId } },
  }),
  'DELETE /bin/{id}': async (stage) => ({ path: `/bin/${await binned(stage)}` }),
  'POST /inbox-items': async (stage) => ({
    path: '/inbox-items',
    body: { itemId: await stage.record(), userId: stage.owner.userId, keyEncrypted: wrapped() },
  }),
  'POST /inbox-items/group': async (stage) => ({
    path: '/inbox-items/group',
    body: { itemId: await stage.record(), groupId: await stage.create('/user-groups', { name: 'G' }) },
  }),
  'GET /items/{id}/inbox-items': onRecord('/inbox-items'),
  'GET /items/{id}/links': onRecord('/links'),
  'POST /links': async (stage) => ({
    path: '/links',
    body: {
      ...{ itemId: await stage.record(), itemData: {}, type: 'reusable', expirationTime: 'unlimited' },
      ...{ keyHash: 'a'.repeat(64), keyEncrypted: sealedKey() },
    },
  }),
};

/** The requests, by method and path as the server describes them. */
export const attempts: Readonly<Record<string, Prepare>> = {
  ...{ ...vaults, ...folders, ...records, ...elsewhere },
};
