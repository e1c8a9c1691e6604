/** Records on a trial server, all under one record key, for suites about what records do. */
import type { RecordKey } from '../../main/keychain/index.ts';
import { generateRecordKey, sealPassword, sealRecordKey } from '../../main/keychain/index.ts';
import type { Member, OpenVault } from './member.ts';

/** A record as the server answers it. */
export interface AnsweredItem {
  id: string;
  vaultId: string;
  folderId: string | null;
  name: string;
  login: string;
  url: string;
  urls: string[];
  description: string | null;
  tags: string[];
  color: number;
  passwordEncrypted: string | null;
  keyEncrypted: string | null;
  customs: { name: string; value: string; type: string }[];
  attachments: { id: string; name: string; encryptedKey: string }[];
  vaultMasterKeyEncrypted: string | null;
  revision: number;
  isFavorite: boolean;
}

/** A former state as the server answers it. */
export interface AnsweredSnapshot extends AnsweredItem {
  itemId: string;
  createdAt: number;
  creator: { login: string };
}

/** What one member does with records, each answer checked for success only. */
export function recordTrial(member: Member, recordKey: RecordKey = generateRecordKey()) {
  const keyIn = (vault: OpenVault): string => {
    if (!vault.key) throw new Error('The vault has no key.');
    return sealRecordKey(recordKey, vault.key);
  };
  return {
    recordKey,
    keyIn,
    password: (text: string) => sealPassword(Buffer.from(text, 'utf8'), recordKey),
    read: (id: string) => member.http.send<AnsweredItem>('GET', `/items/${id}`),
    change: (id: string, members: object) =>
      member.http.send<{ id: string; revision: number }>('PATCH', `/items/${id}`, members),
    async create(vault: OpenVault, members: object = {}): Promise<string> {
      const body = { vaultId: vault.id, name: 'Record', keyEncrypted: keyIn(vault), ...members };
      return (await member.http.send<{ id: string }>('POST', '/items', body)).id;
    },
    async folder(vault: OpenVault, name: string, parentFolderId: string | null = null): Promise<string> {
      const body = { name, vaultId: vault.id, parentFolderId };
      return (await member.http.send<{ id: string }>('POST', '/folders', body)).id;
    },
    async snapshots(id: string): Promise<AnsweredSnapshot[]> {
      return (await member.http.send<{ items: AnsweredSnapshot[] }>('GET', `/items/${id}/snapshots`)).items;
    },
  };
}
