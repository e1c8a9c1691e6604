/**
 * The book of a busy organisation, and the changes that are about things and where they are:
 * vaults, folders, records. Who sees them is the business of `busyorganisation.ts`.
 */
import { sealPassword, sealRecordKey } from '../../main/keychain/index.ts';
import type { RecordKey } from '../../main/keychain/index.ts';
import { draft } from '../organisation/drafts.ts';
import { createLedger } from '../organisation/ledger.ts';
import { createVault, writeRecord } from '../organisation/member.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import type { Choices } from '../organisation/random.ts';

export interface BusyVault {
  readonly open: OpenVault;
  readonly owner: Member;
  /** Folders by id, each with its parent. */
  readonly folders: Map<string, string | null>;
}

export interface BusyRecord {
  readonly id: string;
  readonly key: RecordKey;
  vault: BusyVault;
  folderId: string | null;
}

export interface BusyShortcut {
  readonly id: string;
  readonly record: BusyRecord;
  readonly vault: BusyVault;
  readonly folderId: string | null;
}

export interface SentRecord {
  readonly id: string;
  readonly record: BusyRecord;
  readonly receiver: Member;
}

const mostVaults = 7;

export class BusyPlaces {
  protected readonly boss: Member;
  protected readonly clerk: Member;
  protected readonly choices: Choices;
  protected readonly publicKeys = new Map<string, string>();
  protected readonly ledger = createLedger();
  protected vaults: BusyVault[] = [];
  protected records: BusyRecord[] = [];
  protected shortcuts: BusyShortcut[] = [];
  protected sent: SentRecord[] = [];
  protected name = 0;

  protected constructor(boss: Member, clerk: Member, choices: Choices) {
    this.boss = boss;
    this.clerk = clerk;
    this.choices = choices;
  }

  protected newName(what: string): string {
    this.name += 1;
    return `${what} ${this.name}`;
  }

  protected other(member: Member): Member {
    return member === this.boss ? this.clerk : this.boss;
  }

  protected publicKeyOf(member: Member): string {
    return this.publicKeys.get(member.userId) ?? '';
  }

  /** A place of a vault: a folder of it, or more often the vault itself. */
  protected place(vault: BusyVault): string | null {
    return this.choices.pick([null, ...vault.folders.keys()]);
  }

  protected any<Value>(values: readonly Value[]): Value | null {
    return values.length === 0 ? null : this.choices.pick(values);
  }

  protected async createVault(owner: Member): Promise<void> {
    const type = owner === this.boss && this.choices.oneIn(2) ? 'company' : 'privateShared';
    const open = await createVault(owner, this.newName('Vault'), type, this.ledger);
    this.vaults.push({ open, owner, folders: new Map() });
  }

  protected async newVault(): Promise<boolean> {
    if (this.vaults.length >= mostVaults) return false;
    await this.createVault(this.choices.pick([this.boss, this.clerk]));
    return true;
  }

  protected async renameVault(): Promise<boolean> {
    const { open, owner } = this.choices.pick(this.vaults);
    await owner.http.send('POST', `/vaults/${open.id}`, { name: this.newName('Vault') });
    return true;
  }

  protected async deleteVault(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const left = this.vaults.filter((each) => each !== vault);
    if (left.length < 4 || !left.some(({ owner }) => owner === vault.owner)) return false;
    await vault.owner.http.send('DELETE', `/vaults/${vault.open.id}`);
    this.vaults = left;
    this.shortcuts = this.shortcuts.filter((shortcut) => shortcut.vault !== vault);
    this.forget((record) => record.vault === vault);
    return true;
  }

  protected forget(isGone: (record: BusyRecord) => boolean): void {
    this.records = this.records.filter((record) => !isGone(record));
    this.shortcuts = this.shortcuts.filter(({ record }) => !isGone(record));
    this.sent = this.sent.filter(({ record }) => !isGone(record));
  }

  protected async createFolder(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const parentFolderId = this.place(vault);
    const body = { name: this.newName('Folder'), vaultId: vault.open.id, parentFolderId };
    const { id } = await vault.owner.http.send<{ id: string }>('POST', '/folders', body);
    vault.folders.set(id, parentFolderId);
    return true;
  }

  protected async renameFolder(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const id = this.any([...vault.folders.keys()]);
    if (id === null) return false;
    await vault.owner.http.send('POST', `/folders/${id}`, { name: this.newName('Folder') });
    return true;
  }

  protected async createRecord(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const folderId = this.place(vault);
    const record = draft(this.newName('Record'), {
      password: this.choices.password(),
      tags: [this.choices.pick(['a', 'b'])],
      customs: this.choices.oneIn(3) ? [{ name: 'pin', value: '1234', type: 'password' }] : [],
      attachments: this.choices.oneIn(6) ? [{ name: 'file', bytes: this.choices.bytes(40) }] : [],
      isFavorite: this.choices.oneIn(5),
    });
    const { id, key } = await writeRecord(vault.owner, vault.open, folderId, record, this.ledger);
    if (key === null) throw new Error('The record has no key.');
    this.records.push({ id, key, vault, folderId });
    return true;
  }

  protected async editRecord(): Promise<boolean> {
    const record = this.any(this.records);
    if (record === null) return false;
    const password = Buffer.from(this.choices.password());
    await record.vault.owner.http.send('PATCH', `/items/${record.id}`, {
      vaultId: record.vault.open.id,
      name: this.newName('Record'),
      ...(this.choices.oneIn(2) ? { passwordEncrypted: sealPassword(password, record.key) } : {}),
      ...(this.choices.oneIn(8) ? { attachments: [] } : {}),
    });
    return true;
  }

  protected async moveRecord(): Promise<boolean> {
    const record = this.any(this.records);
    if (record === null) return false;
    const { owner } = record.vault;
    const to = this.choices.pick(this.vaults.filter((vault) => vault.owner === owner));
    const folderId = this.place(to);
    const moves = to !== record.vault;
    if (!moves && folderId === record.folderId) return false;
    if (to.open.key === null) throw new Error('The vault has no key.');
    await owner.http.send('PATCH', `/items/${record.id}`, {
      vaultId: to.open.id,
      folderId,
      ...(moves ? { keyEncrypted: sealRecordKey(record.key, to.open.key) } : {}),
    });
    Object.assign(record, { vault: to, folderId });
    return true;
  }
}
