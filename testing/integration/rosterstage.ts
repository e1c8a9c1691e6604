/**
 * The stage of the suite about signed rosters: anna compares and signs, boris believes her, mallory
 * may write the vault that the rosters lie in. Everybody’s application asks by the lying proxy.
 */
import type { FoundRosterView } from '../../contract/roster.ts';
import { createVault } from '../organisation/member.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import { Application } from './application.ts';
import { TrustStage } from './truststage.ts';

interface ComparedMember {
  readonly member: Member;
  readonly userId: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly login: string;
}

export class RosterStage {
  readonly trust: TrustStage;
  readonly annas: Application;
  readonly boris: Application;
  readonly mallorys: Application;
  readonly mallory: Member;
  /** Everybody may write here. */
  readonly vault: OpenVault;
  readonly #more: Application[] = [];
  #joined = 0;

  private constructor(
    parts: Pick<RosterStage, 'trust' | 'annas' | 'boris' | 'mallorys' | 'mallory' | 'vault'>,
  ) {
    this.trust = parts.trust;
    this.annas = parts.annas;
    this.boris = parts.boris;
    this.mallorys = parts.mallorys;
    this.mallory = parts.mallory;
    this.vault = parts.vault;
  }

  static async open(): Promise<RosterStage> {
    const trust = await TrustStage.open();
    const { anna, boris, ledger } = trust.organisation;
    const mallory = await trust.join('mallory');
    const vault = await createVault(anna, 'Everybody', 'privateShared', ledger);
    await trust.app.synced();
    for (const { userId } of [boris, mallory]) {
      const { key } = await trust.app.ask('keyTrust', 'look', { userId });
      await trust.app.ask('vaultAdmin', 'setPerson', {
        ...{ vaultId: vault.id, folderId: null, userId, access: 'write' },
        fingerprint: key?.fingerprint ?? null,
      });
    }
    const [annas, boriss, mallorys] = [trust.app, new Application(), new Application()];
    await boriss.enrol(trust.proxy.url, boris.person);
    await mallorys.enrol(trust.proxy.url, mallory.person);
    return new RosterStage({ trust, annas, boris: boriss, mallorys, mallory, vault });
  }

  async close(): Promise<void> {
    for (const app of [this.boris, this.mallorys, ...this.#more]) await app.close();
    await this.trust.close();
  }

  /** Another device of anna's. */
  async annasOther(): Promise<Application> {
    const app = new Application();
    this.#more.push(app);
    await app.enrol(this.trust.proxy.url, this.trust.organisation.anna.person);
    return app;
  }

  /** Somebody new, whose key anna has compared. */
  async comparedByAnna(): Promise<ComparedMember> {
    const member = await this.trust.join(`compared-${(this.#joined += 1)}`);
    const { userId, person } = member;
    const { key } = await this.annas.ask('keyTrust', 'look', { userId });
    const fingerprint = key?.fingerprint ?? '';
    await this.annas.ask('keyTrust', 'verify', { userId, fingerprint, name: person.fullName });
    return { member, userId, fingerprint, name: person.fullName, login: person.login };
  }

  /** anna signs, and it reaches everybody; gives the id of her record on the server. */
  async annaSigns(): Promise<string> {
    const wish = { vaultId: this.vault.id, recordName: 'Key roster' };
    const { recordId } = await this.annas.ask('roster', 'sign', wish);
    for (const app of [this.annas, this.mallorys, this.boris]) await app.synced();
    const serverId = this.annas.accounts.current().mirror.records.get(recordId)?.serverId;
    if (serverId === undefined) throw new Error('The roster is not among the records.');
    return serverId;
  }

  /** The id that a record has on one device. */
  idOn(app: Application, serverId: string): string {
    const record = app.accounts.current().mirror.records.byServerId('record', serverId);
    if (record === null) throw new Error('The record is not here.');
    return record.id;
  }

  /** What boris’ device says of the rosters of one signer. */
  async borisSees(signerName: string): Promise<FoundRosterView[]> {
    const { rosters } = await this.boris.ask('roster', 'list', {});
    return rosters.filter(({ content }) => content?.signerName === signerName);
  }

  /** anna signs, and boris accepts her key by its words. */
  async borisBelievesAnna(): Promise<void> {
    await this.annaSigns();
    const [annas] = await this.borisSees('anna');
    if (annas?.content == null) throw new Error('The roster did not arrive.');
    const { keyFingerprint } = annas.content;
    if (annas.state === 'unknown') {
      await this.boris.ask('roster', 'accept', { recordId: annas.recordId, keyFingerprint });
    }
  }
}
