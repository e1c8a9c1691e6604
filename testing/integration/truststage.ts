/**
 * The stage of the suites about keys of other people: a small organisation on a real server, the
 * lying proxy in front of it, and applications of anna, who administers, and of others.
 */
import {
  deriveMasterKey,
  generateKeyPair,
  masterKeyHash,
  newMasterKeyOptions,
  formatMasterKeyOptions,
  sealPrivateKey,
} from '../../main/keychain/index.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { answering } from '../hostile/lies.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import type { SamplePerson } from '../organisation/cast.ts';
import { httpClient } from '../organisation/http.ts';
import { accountOf, createVault, signIn, writeRecord } from '../organisation/member.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import { draft } from '../organisation/drafts.ts';
import { Application } from './application.ts';

export class TrustStage {
  readonly server: OwnServer;
  readonly organisation: SmallOrganisation;
  readonly proxy: LyingProxy;
  /** anna's application; everything it asks goes by the proxy. */
  readonly app: Application;
  readonly accountId: string;
  readonly #others: Application[] = [];

  private constructor(parts: Pick<TrustStage, 'server' | 'organisation' | 'proxy' | 'app' | 'accountId'>) {
    this.server = parts.server;
    this.organisation = parts.organisation;
    this.proxy = parts.proxy;
    this.app = parts.app;
    this.accountId = parts.accountId;
  }

  static async open(): Promise<TrustStage> {
    const server = await startOwnServer();
    const organisation = await buildSmallOrganisation(server);
    const proxy = await LyingProxy.start(server.url);
    const app = new Application();
    const accountId = await app.enrol(proxy.url, anna);
    return new TrustStage({ server, organisation, proxy, app, accountId });
  }

  async close(): Promise<void> {
    for (const app of this.#others.splice(0)) await app.close();
    await this.app.close();
    await this.proxy.close();
    await this.server.end();
  }

  /** Somebody new with keys of their own. */
  async join(login: string, role: SamplePerson['role'] = 'user'): Promise<Member> {
    const { anna: owner, ledger } = this.organisation;
    const newcomer: SamplePerson = {
      ...{ login, email: `${login}@small.example`, fullName: `Person ${login}`, role, groups: [] },
      ...{ password: `log-in of ${login}`, masterPassword: `master password of ${login}` },
    };
    const roles = await owner.http.send<{ items: { id: string; code: string }[] }>('GET', '/user-roles');
    const userRoleId = roles.items.find((each) => each.code === role)?.id;
    await owner.http.send('POST', '/users', { ...(await accountOf(newcomer, ledger)), userRoleId });
    return signIn(httpClient(this.server.url), newcomer);
  }

  /** An application of its own for a member, straight at the server. */
  async applicationOf(member: Member): Promise<Application> {
    const app = new Application();
    this.#others.push(app);
    await app.enrol(this.server.url, member.person);
    return app;
  }

  /** A vault of anna's with records of the given names, and a group that may enter it. */
  async vaultWithGroup(
    name: string,
    records: readonly string[],
  ): Promise<{ vault: OpenVault; group: string }> {
    const { anna: owner, ledger } = this.organisation;
    const vault = await createVault(owner, name, 'privateShared', ledger);
    for (const each of records) {
      await writeRecord(owner, vault, null, draft(each, { password: `password of ${each}` }), ledger);
    }
    const group = await owner.http.send<{ id: string }>('POST', '/user-groups', { name: `Team ${name}` });
    await owner.http.send('POST', `/vaults/${vault.id}/access`, { groupId: group.id, access: 'write' });
    return { vault, group: group.id };
  }

  async addTo(group: string, ...members: readonly Member[]): Promise<void> {
    const userIds = members.map(({ userId }) => userId);
    await this.organisation.anna.http.send('POST', `/user-groups/${group}/add-users`, { userIds });
  }

  /** Resets a member's master password; they set another one, with another key pair, at once. */
  async reset(member: Member): Promise<Member> {
    const { anna: owner } = this.organisation;
    await owner.http.send('POST', `/users/${member.userId}/reset-master-key`);
    const person = { ...member.person, masterPassword: `${member.person.masterPassword} again` };
    const http = httpClient(this.server.url);
    const { accessToken } = await http.send<{ accessToken: string }>('POST', '/users/login', {
      username: person.login,
      password: person.password,
    });
    const options = newMasterKeyOptions();
    const masterKey = await deriveMasterKey(Buffer.from(person.masterPassword), options);
    const pair = await generateKeyPair();
    await http.as({ accessToken }).send('POST', '/users/master-key/set', {
      password: person.password,
      masterKeyHash: masterKeyHash(masterKey),
      masterKeyOptions: formatMasterKeyOptions(options),
      keys: { public: pair.publicPem, privateEncrypted: sealPrivateKey(pair.privatePem, masterKey) },
    });
    return signIn(http, person);
  }

  /** From now on the server states this key for a person; null for none. */
  stateKey(userId: string, publicKey: string | null, more: Record<string, unknown> = {}): void {
    this.proxy.tell(answering(`/users/${userId}/public-key`, { json: { publicKey, ...more } }));
  }

  /** The key of a vault as anna's application holds it. */
  keyOf(vaultId: string): Buffer {
    const key = this.app.accounts.current().vaultKeys?.keyOf(vaultId);
    if (key === undefined) throw new Error('The account has no vault keys.');
    return Buffer.from(key);
  }
}
