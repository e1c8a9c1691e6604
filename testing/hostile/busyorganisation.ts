/**
 * An organisation in which things keep happening: a seeded series of single changes on a real
 * server, by two people of different rights, of every kind that a client has to notice.
 *
 * It keeps a book of what exists, so that each step is one that the server accepts.
 */
import { sealInboxKey, sealPassword, sealRecordKey, sealShortcutKey } from '../../main/keychain/index.ts';
import type { RecordKey } from '../../main/keychain/index.ts';
import { draft } from '../organisation/drafts.ts';
import { createLedger } from '../organisation/ledger.ts';
import { createVault, wrapFor, writeRecord } from '../organisation/member.ts';
import type { Member, OpenVault } from '../organisation/member.ts';
import type { Choices } from '../organisation/random.ts';

interface BusyVault {
  readonly open: OpenVault;
  readonly owner: Member;
  /** Folders by id, each with its parent. */
  readonly folders: Map<string, string | null>;
}

interface BusyRecord {
  readonly id: string;
  readonly key: RecordKey;
  vault: BusyVault;
  folderId: string | null;
}

interface BusyShortcut {
  readonly id: string;
  readonly record: BusyRecord;
  readonly vault: BusyVault;
  readonly folderId: string | null;
}

interface SentRecord {
  readonly id: string;
  readonly record: BusyRecord;
  readonly receiver: Member;
}

const levels = ['forbidden', 'read', 'read', 'write', 'full', 'admin', 'notSet'] as const;
const mostVaults = 7;

/** A change that may be impossible at the moment: false then. */
type Step = () => Promise<boolean>;

export class BusyOrganisation {
  /** How often each kind of change has happened. */
  readonly counts = new Map<string, number>();
  readonly #boss: Member;
  readonly #clerk: Member;
  readonly #choices: Choices;
  readonly #publicKeys = new Map<string, string>();
  readonly #ledger = createLedger();
  #groupId = '';
  #clerkInGroup = false;
  #vaults: BusyVault[] = [];
  #records: BusyRecord[] = [];
  #shortcuts: BusyShortcut[] = [];
  #sent: SentRecord[] = [];
  #name = 0;

  private constructor(boss: Member, clerk: Member, choices: Choices) {
    this.#boss = boss;
    this.#clerk = clerk;
    this.#choices = choices;
  }

  /** `boss` administers the organisation, `clerk` is a plain member of it. */
  static async of(boss: Member, clerk: Member, choices: Choices): Promise<BusyOrganisation> {
    const busy = new BusyOrganisation(boss, clerk, choices);
    for (const { userId } of [boss, clerk]) {
      const path = `/users/${userId}/public-key`;
      const { publicKey } = await boss.http.send<{ publicKey: string }>('GET', path);
      busy.#publicKeys.set(userId, publicKey);
    }
    busy.#groupId = (await boss.http.send<{ id: string }>('POST', '/user-groups', { name: 'Team' })).id;
    for (const owner of [boss, boss, clerk]) await busy.#createVault(owner);
    return busy;
  }

  /** Makes one change. */
  async step(): Promise<void> {
    const steps = this.#steps();
    for (;;) {
      const [name, step] = this.#choices.pick(steps);
      if (!(await step())) continue;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      return;
    }
  }

  #steps(): readonly (readonly [string, Step])[] {
    const often = [
      ['record created', () => this.#createRecord()],
      ['record edited', () => this.#editRecord()],
      ['record moved', () => this.#moveRecord()],
      ['folder created', () => this.#createFolder()],
      ['vault access set', () => this.#setAccess(false)],
      ['folder access set', () => this.#setAccess(true)],
    ] as const;
    return [
      ...often,
      ...often,
      ['record created', () => this.#createRecord()],
      ['record created', () => this.#createRecord()],
      ['record deleted', () => this.#deleteRecord()],
      ['folder renamed', () => this.#renameFolder()],
      ['folder deleted', () => this.#deleteFolder()],
      ['vault created', () => this.#newVault()],
      ['vault renamed', () => this.#renameVault()],
      ['vault deleted', () => this.#deleteVault()],
      ['group access set', () => this.#setGroupAccess()],
      ['group membership', () => this.#toggleMembership()],
      ['role changed', () => this.#toggleRole()],
      ['name changed', () => this.#renameClerk()],
      ['shortcut created', () => this.#createShortcut()],
      ['shortcut removed', () => this.#removeShortcut()],
      ['record sent', () => this.#sendRecord()],
      ['inbox viewed', () => this.#viewInbox()],
      ['inbox removed', () => this.#removeFromInbox()],
      ['favourite', () => this.#setFavourite()],
    ];
  }

  #newName(what: string): string {
    this.#name += 1;
    return `${what} ${this.#name}`;
  }

  #other(member: Member): Member {
    return member === this.#boss ? this.#clerk : this.#boss;
  }

  #publicKeyOf(member: Member): string {
    return this.#publicKeys.get(member.userId) ?? '';
  }

  /** A place of a vault: a folder of it, or more often the vault itself. */
  #place(vault: BusyVault): string | null {
    return this.#choices.pick([null, ...vault.folders.keys()]);
  }

  #any<Value>(values: readonly Value[]): Value | null {
    return values.length === 0 ? null : this.#choices.pick(values);
  }

  async #createVault(owner: Member): Promise<void> {
    const type = owner === this.#boss && this.#choices.oneIn(2) ? 'company' : 'privateShared';
    const open = await createVault(owner, this.#newName('Vault'), type, this.#ledger);
    this.#vaults.push({ open, owner, folders: new Map() });
  }

  async #newVault(): Promise<boolean> {
    if (this.#vaults.length >= mostVaults) return false;
    await this.#createVault(this.#choices.pick([this.#boss, this.#clerk]));
    return true;
  }

  async #renameVault(): Promise<boolean> {
    const { open, owner } = this.#choices.pick(this.#vaults);
    await owner.http.send('POST', `/vaults/${open.id}`, { name: this.#newName('Vault') });
    return true;
  }

  async #deleteVault(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const left = this.#vaults.filter((each) => each !== vault);
    if (left.length < 4 || !left.some(({ owner }) => owner === vault.owner)) return false;
    await vault.owner.http.send('DELETE', `/vaults/${vault.open.id}`);
    this.#vaults = left;
    this.#shortcuts = this.#shortcuts.filter((shortcut) => shortcut.vault !== vault);
    this.#forget((record) => record.vault === vault);
    return true;
  }

  #forget(isGone: (record: BusyRecord) => boolean): void {
    this.#records = this.#records.filter((record) => !isGone(record));
    this.#shortcuts = this.#shortcuts.filter(({ record }) => !isGone(record));
    this.#sent = this.#sent.filter(({ record }) => !isGone(record));
  }

  async #createFolder(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const parentFolderId = this.#place(vault);
    const body = { name: this.#newName('Folder'), vaultId: vault.open.id, parentFolderId };
    const { id } = await vault.owner.http.send<{ id: string }>('POST', '/folders', body);
    vault.folders.set(id, parentFolderId);
    return true;
  }

  async #renameFolder(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const id = this.#any([...vault.folders.keys()]);
    if (id === null) return false;
    await vault.owner.http.send('POST', `/folders/${id}`, { name: this.#newName('Folder') });
    return true;
  }

  async #deleteFolder(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const id = this.#any([...vault.folders.keys()]);
    if (id === null || this.#choices.oneIn(2)) return false;
    await vault.owner.http.send('DELETE', `/folders/${id}`);
    const gone = new Set([id]);
    for (const parent of gone)
      for (const [folder, above] of vault.folders) if (above === parent) gone.add(folder);
    for (const folder of gone) vault.folders.delete(folder);
    this.#shortcuts = this.#shortcuts.filter(({ folderId }) => folderId === null || !gone.has(folderId));
    this.#forget(({ folderId }) => folderId !== null && gone.has(folderId));
    return true;
  }

  async #createRecord(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const folderId = this.#place(vault);
    const record = draft(this.#newName('Record'), {
      password: this.#choices.password(),
      tags: [this.#choices.pick(['a', 'b'])],
      customs: this.#choices.oneIn(3) ? [{ name: 'pin', value: '1234', type: 'password' }] : [],
      attachments: this.#choices.oneIn(6) ? [{ name: 'file', bytes: this.#choices.bytes(40) }] : [],
      isFavorite: this.#choices.oneIn(5),
    });
    const { id, key } = await writeRecord(vault.owner, vault.open, folderId, record, this.#ledger);
    if (key === null) throw new Error('The record has no key.');
    this.#records.push({ id, key, vault, folderId });
    return true;
  }

  async #editRecord(): Promise<boolean> {
    const record = this.#any(this.#records);
    if (record === null) return false;
    const password = Buffer.from(this.#choices.password());
    await record.vault.owner.http.send('PATCH', `/items/${record.id}`, {
      vaultId: record.vault.open.id,
      name: this.#newName('Record'),
      ...(this.#choices.oneIn(2) ? { passwordEncrypted: sealPassword(password, record.key) } : {}),
      ...(this.#choices.oneIn(8) ? { attachments: [] } : {}),
    });
    return true;
  }

  async #moveRecord(): Promise<boolean> {
    const record = this.#any(this.#records);
    if (record === null) return false;
    const { owner } = record.vault;
    const to = this.#choices.pick(this.#vaults.filter((vault) => vault.owner === owner));
    const folderId = this.#place(to);
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

  async #deleteRecord(): Promise<boolean> {
    const record = this.#any(this.#records);
    if (record === null) return false;
    await record.vault.owner.http.send('DELETE', `/items/${record.id}`);
    this.#forget((each) => each === record);
    return true;
  }

  async #setAccess(onFolder: boolean): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults);
    const folderId = onFolder ? this.#any([...vault.folders.keys()]) : null;
    if (onFolder && folderId === null) return false;
    const other = this.#other(vault.owner);
    const path = folderId === null ? `/vaults/${vault.open.id}/access` : `/folders/${folderId}/access`;
    await vault.owner.http.send('POST', path, {
      userId: other.userId,
      access: this.#choices.pick(levels),
      masterKeyEncrypted: wrapFor(vault.open, this.#publicKeyOf(other)),
    });
    return true;
  }

  async #setGroupAccess(): Promise<boolean> {
    const vault = this.#choices.pick(this.#vaults.filter(({ owner }) => owner === this.#boss));
    const folderId = this.#place(vault);
    const path = folderId === null ? `/vaults/${vault.open.id}/access` : `/folders/${folderId}/access`;
    const keys = { [this.#clerk.userId]: wrapFor(vault.open, this.#publicKeyOf(this.#clerk)) };
    await this.#boss.http.send('POST', path, {
      groupId: this.#groupId,
      access: this.#choices.pick(levels),
      // Sometimes nobody wraps the key: then the access is worth nothing yet.
      ...(this.#choices.oneIn(4) ? {} : { keys }),
    });
    return true;
  }

  async #toggleMembership(): Promise<boolean> {
    const path = `/user-groups/${this.#groupId}/${this.#clerkInGroup ? 'remove' : 'add'}-users`;
    await this.#boss.http.send('POST', path, { userIds: [this.#clerk.userId] });
    this.#clerkInGroup = !this.#clerkInGroup;
    return true;
  }

  async #toggleRole(): Promise<boolean> {
    const path = `/users/${this.#clerk.userId}`;
    const { http } = this.#boss;
    const { userRoleId: now } = await http.send<{ userRoleId: string }>('GET', path);
    const { items } = await http.send<{ items: { id: string }[] }>('GET', '/user-roles');
    await http.send('PATCH', path, { userRoleId: items.find(({ id }) => id !== now)?.id });
    return true;
  }

  async #renameClerk(): Promise<boolean> {
    await this.#boss.http.send('PATCH', `/users/${this.#clerk.userId}`, { fullName: this.#newName('Clerk') });
    return true;
  }

  async #createShortcut(): Promise<boolean> {
    const record = this.#any(this.#records);
    if (record === null) return false;
    const { owner } = record.vault;
    const vault = this.#choices.pick(this.#vaults.filter((each) => each.owner === owner));
    if (vault.open.key === null) throw new Error('The vault has no key.');
    const folderId = this.#place(vault);
    const { id } = await owner.http.send<{ id: string }>('POST', '/shortcuts', {
      vaultId: vault.open.id,
      folderId,
      itemId: record.id,
      keyEncrypted: sealShortcutKey(record.key, vault.open.key),
    });
    this.#shortcuts.push({ id, record, vault, folderId });
    return true;
  }

  async #removeShortcut(): Promise<boolean> {
    const shortcut = this.#any(this.#shortcuts);
    if (shortcut === null) return false;
    await shortcut.vault.owner.http.send('DELETE', `/shortcuts/${shortcut.id}`);
    this.#shortcuts = this.#shortcuts.filter((each) => each !== shortcut);
    return true;
  }

  async #sendRecord(): Promise<boolean> {
    const record = this.#any(this.#records);
    if (record === null) return false;
    const { owner } = record.vault;
    const receiver = this.#other(owner);
    const { id } = await owner.http.send<{ id: string }>('POST', '/inbox-items', {
      itemId: record.id,
      userId: receiver.userId,
      access: this.#choices.pick(['read', 'write']),
      keyEncrypted: sealInboxKey(record.key, this.#publicKeyOf(receiver)),
    });
    this.#sent.push({ id, record, receiver });
    return true;
  }

  async #viewInbox(): Promise<boolean> {
    const sent = this.#any(this.#sent);
    if (sent === null) return false;
    await sent.receiver.http.send('GET', `/inbox-items/${sent.id}`);
    return true;
  }

  async #removeFromInbox(): Promise<boolean> {
    const sent = this.#any(this.#sent);
    if (sent === null) return false;
    await sent.receiver.http.send('DELETE', `/inbox-items/${sent.id}`);
    this.#sent = this.#sent.filter((each) => each !== sent);
    return true;
  }

  /** Of a record of one's own, or of one that was received. */
  async #setFavourite(): Promise<boolean> {
    const isFavorite = this.#choices.oneIn(2);
    const received = this.#choices.oneIn(3) ? this.#any(this.#sent) : null;
    const record = received?.record ?? this.#any(this.#records);
    if (record === null) return false;
    const member = received?.receiver ?? record.vault.owner;
    await member.http.send('POST', `/items/${record.id}/favorite`, { isFavorite });
    return true;
  }
}
