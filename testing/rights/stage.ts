/**
 * The organisation on which every endpoint is tried by everybody: people of every level of access
 * to one vault, of every role, and of another organisation. It has client-side encryption; what
 * has to look like a ciphertext only looks like one, since nothing here is ever decrypted.
 */
import { randomBytes } from 'node:crypto';
import { generateSalt, sealPassword, sealRecordKey } from '../../main/keychain/index.ts';
import { generateRecordKey, generateVaultKey } from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../organisation/index.ts';
import type { Member, TrialOrganisation, TrialServer } from '../organisation/index.ts';

/** Everybody who tries: by level of access to the vault, by role, and from outside. */
export const kinds = [
  ...['anonymous', 'stranger', 'none', 'forbidden', 'read', 'write', 'full', 'admin', 'administrator'],
] as const;
export type Kind = (typeof kinds)[number];

/** A key as RSA would have wrapped it, in form. */
export const wrapped = () => randomBytes(256).toString('base64');

const recordKey = generateRecordKey();
/** A record key as sealed under some vault key, in form. */
export const sealedKey = () => sealRecordKey(recordKey, generateVaultKey());
/** A password as sealed under some record key, in form. */
export const sealedText = () => sealPassword(Buffer.from('text'), recordKey);
/** A check value and salt of some vault key, in form. */
export const keyCheck = () => ({ masterKeyHash: 'a'.repeat(64), salt: generateSalt() });

export interface Stage {
  readonly server: TrialServer;
  readonly organisation: TrialOrganisation;
  readonly owner: Member;
  readonly people: ReadonlyMap<Kind, Member>;
  readonly vaultId: string;
  readonly otherVaultId: string;
  readonly folderId: string;
  /** Makes something as the owner and answers its id. */
  create(path: string, body: unknown): Promise<string>;
  /** A new record in the folder, as the owner makes it. */
  record(): Promise<string>;
  /** Somebody who tries nothing, for others to give access to. */
  bystander(): Promise<string>;
  /** The access token of a member, for requests that are not JSON. */
  token(who: Member): Promise<string>;
  close(): Promise<void>;
}

/** The people by level of access; `forbidden` is named on the vault as everybody else is. */
async function peopleOf(organisation: TrialOrganisation, stranger: Member, vaultId: string) {
  const people = new Map<Kind, Member>([['stranger', stranger]]);
  people.set('none', await organisation.join('none'));
  people.set('administrator', await organisation.join('administrator', 'administrator'));
  for (const level of ['forbidden', 'read', 'write', 'full', 'admin'] as const) {
    const member = await organisation.join(level);
    people.set(level, member);
    const body = { userId: member.userId, access: level, masterKeyEncrypted: wrapped() };
    await organisation.owner.http.send('POST', `/vaults/${vaultId}/access`, body);
  }
  return people;
}

/** Starts a server with the organisation on it. */
export async function startStage(): Promise<Stage> {
  const server = await startTrialServer();
  const organisation = await trialOrganisation(server, 'owner', true);
  const stranger = (await trialOrganisation(server, 'stranger', true)).owner;
  const { owner, ledger } = organisation;
  const { http } = owner;
  const create = async (path: string, body: unknown) =>
    (await http.send<{ id: string }>('POST', path, body)).id;
  const vault = await createVault(owner, 'Vault', 'privateShared', ledger);
  const other = await createVault(owner, 'Other', 'privateShared', ledger);
  const folderId = await create('/folders', { name: 'Folder', vaultId: vault.id });
  const people = await peopleOf(organisation, stranger, vault.id);
  const bystander = create('/users', { login: 'bystander', password: 'a long password' });
  const tokens = new Map<Member, Promise<string>>();
  const logIn = async ({ person }: Member) => {
    const credentials = { username: person.login, password: person.password };
    return (await server.http.send<{ accessToken: string }>('POST', '/users/login', credentials)).accessToken;
  };
  return {
    ...{ server, organisation, owner, people, folderId, create },
    ...{ vaultId: vault.id, otherVaultId: other.id },
    record: () =>
      create('/items', {
        ...{ vaultId: vault.id, folderId, name: 'Record' },
        ...{ passwordEncrypted: sealedText(), keyEncrypted: sealedKey() },
      }),
    bystander: () => bystander,
    token: (who) => {
      const token = tokens.get(who) ?? logIn(who);
      tokens.set(who, token);
      return token;
    },
    close: () => server.close(),
  };
}
