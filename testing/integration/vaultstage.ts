/**
 * The stage of the suites about vaults and access: a small organisation, anna's application behind
 * a proxy that can lie, and boris' beside it.
 */
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, boris, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import type { VaultNode } from '../../contract/tree.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

export class VaultStage {
  readonly server: OwnServer;
  readonly organisation: SmallOrganisation;
  readonly proxy: LyingProxy;
  /** Behind the proxy. */
  readonly annas = new Application();
  readonly boriss = new Application();

  private constructor(server: OwnServer, organisation: SmallOrganisation, proxy: LyingProxy) {
    this.server = server;
    this.organisation = organisation;
    this.proxy = proxy;
  }

  static async open(): Promise<VaultStage> {
    const server = await startOwnServer();
    const organisation = await buildSmallOrganisation(server);
    const stage = new VaultStage(server, organisation, await LyingProxy.start(server.url));
    await stage.annas.enrol(stage.proxy.url, anna);
    await stage.boriss.enrol(server.url, boris);
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all([this.annas.close(), this.boriss.close()]);
    await this.proxy.close();
    await this.server.end();
  }

  get annaId(): string {
    return this.organisation.anna.userId;
  }

  get borisId(): string {
    return this.organisation.boris.userId;
  }

  /** Id of the vault type with a code. */
  async typeId(code: string): Promise<string> {
    const { types } = await this.annas.ask('vaultAdmin', 'types', {});
    const type = types.find((each) => each.code === code);
    if (type === undefined) throw new Error(`There is no type ${code}.`);
    return type.id;
  }

  /** A vault of anna's own, synced. */
  async makeVault(name: string): Promise<string> {
    const wish = { name, description: '', typeId: await this.typeId('privateShared'), recipients: [] };
    const { vaultId } = await this.annas.ask('vaultAdmin', 'create', wish);
    await this.annas.synced();
    return vaultId;
  }

  /** A vault as the tree shows it, or null. */
  async nodeOf(app: Application, vaultId: string): Promise<VaultNode | null> {
    const { vaults } = await app.ask('tree', 'overview', {});
    return vaults.find(({ id }) => id === vaultId) ?? null;
  }

  /** The fingerprint that anna is shown before she lets somebody in. */
  async shownKey(userId: string): Promise<string> {
    const { key } = await this.annas.ask('keyTrust', 'look', { userId });
    if (key === null) throw new Error('There is no key to show.');
    return key.fingerprint;
  }

  /** anna lets boris in. */
  async letIn(vaultId: string, access: 'read' | 'write', folderId: string | null = null): Promise<void> {
    const fingerprint = await this.shownKey(this.borisId);
    const wish = { vaultId, folderId, userId: this.borisId, access, fingerprint };
    await this.annas.ask('vaultAdmin', 'setPerson', wish);
  }

  /** Paths of writing requests that begin so, after the first `from` requests. */
  writesTo(path: string, from: number): string[] {
    return this.proxy.requests
      .slice(from)
      .filter((request) => request.method !== 'GET' && request.path.startsWith(`/api/v1${path}`))
      .map((request) => request.path);
  }

  async passwordOf(app: Application, recordId: string): Promise<string> {
    const { value } = await app.ask('records', 'revealField', { recordId, field: { kind: 'password' } });
    return Buffer.from(value).toString('utf8');
  }

  /** Writes a record as anna and sends it. */
  async writeRecord(vaultId: string, password: string): Promise<string> {
    const value = { kind: 'set' as const, value: utf8(password) };
    const { recordId } = await this.annas.ask('editing', 'create', {
      place: { vaultId, folderId: null },
      fields: { name: `Record of ${vaultId}`, password: value },
    });
    await this.annas.synced();
    return recordId;
  }

  /** anna's public key as the honest server states it. */
  async ownPublicKey(): Promise<string> {
    const path = `/users/${this.annaId}/public-key`;
    return (await this.organisation.anna.http.send<{ publicKey: string }>('GET', path)).publicKey;
  }
}
