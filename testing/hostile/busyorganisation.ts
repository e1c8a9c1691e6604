/**
 * An organisation in which things keep happening: a seeded series of single changes on a real
 * server, by two people of different rights, of every kind that a client has to notice.
 *
 * It keeps a book of what exists, so that each step is one that the server accepts.
 */
import { sealInboxKey, sealShortcutKey } from '../../main/keychain/index.ts';
import { wrapFor } from '../organisation/member.ts';
import type { Member } from '../organisation/member.ts';
import type { Choices } from '../organisation/random.ts';
import { BusyBin } from './busybin.ts';

const levels = ['forbidden', 'read', 'read', 'write', 'full', 'admin', 'notSet'] as const;

/** A change that may be impossible at the moment: false then. */
type Step = () => Promise<boolean>;

export class BusyOrganisation extends BusyBin {
  /** How often each kind of change has happened. */
  readonly counts = new Map<string, number>();
  #groupId = '';
  #clerkInGroup = false;

  /** `boss` administers the organisation, `clerk` is a plain member of it. */
  static async of(boss: Member, clerk: Member, choices: Choices): Promise<BusyOrganisation> {
    const busy = new BusyOrganisation(boss, clerk, choices);
    for (const { userId } of [boss, clerk]) {
      const path = `/users/${userId}/public-key`;
      const { publicKey } = await boss.http.send<{ publicKey: string }>('GET', path);
      busy.publicKeys.set(userId, publicKey);
    }
    busy.#groupId = (await boss.http.send<{ id: string }>('POST', '/user-groups', { name: 'Team' })).id;
    for (const owner of [boss, boss, clerk]) await busy.createVault(owner);
    return busy;
  }

  /** Makes one change. */
  async step(): Promise<void> {
    const steps = this.#steps();
    for (;;) {
      const [name, step] = this.choices.pick(steps);
      if (!(await step())) continue;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      return;
    }
  }

  #steps(): readonly (readonly [string, Step])[] {
    const often = [
      ['record created', () => this.createRecord()],
      ['record edited', () => this.editRecord()],
      ['record moved', () => this.moveRecord()],
      ['folder created', () => this.createFolder()],
      ['vault access set', () => this.#setAccess(false)],
      ['folder access set', () => this.#setAccess(true)],
    ] as const;
    return [
      ...often,
      ...often,
      ['record created', () => this.createRecord()],
      ['record created', () => this.createRecord()],
      ['record deleted', () => this.deleteRecord()],
      ['record deleted', () => this.deleteRecord()],
      ['folder renamed', () => this.renameFolder()],
      ['folder created', () => this.createFolder()],
      ['folder moved', () => this.moveFolder()],
      ['folder moved', () => this.moveFolder()],
      ['folder moved', () => this.moveFolder()],
      ['folder moved', () => this.moveFolder()],
      ['folder deleted', () => this.deleteFolder()],
      ['folder deleted', () => this.deleteFolder()],
      ['brought back', () => this.restoreFromBin()],
      ['brought back', () => this.restoreFromBin()],
      ['deleted for good', () => this.deleteForGood()],
      ['vault created', () => this.newVault()],
      ['vault renamed', () => this.renameVault()],
      ['vault deleted', () => this.deleteVault()],
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

  async #setAccess(onFolder: boolean): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const folderId = onFolder ? this.any([...vault.folders.keys()]) : null;
    if (onFolder && folderId === null) return false;
    const other = this.other(vault.owner);
    const path = folderId === null ? `/vaults/${vault.open.id}/access` : `/folders/${folderId}/access`;
    await vault.owner.http.send('POST', path, {
      userId: other.userId,
      access: this.choices.pick(levels),
      masterKeyEncrypted: wrapFor(vault.open, this.publicKeyOf(other)),
    });
    return true;
  }

  async #setGroupAccess(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults.filter(({ owner }) => owner === this.boss));
    const folderId = this.place(vault);
    const path = folderId === null ? `/vaults/${vault.open.id}/access` : `/folders/${folderId}/access`;
    const keys = { [this.clerk.userId]: wrapFor(vault.open, this.publicKeyOf(this.clerk)) };
    await this.boss.http.send('POST', path, {
      groupId: this.#groupId,
      access: this.choices.pick(levels),
      // Sometimes nobody wraps the key: then the access is worth nothing yet.
      ...(this.choices.oneIn(4) ? {} : { keys }),
    });
    return true;
  }

  async #toggleMembership(): Promise<boolean> {
    const path = `/user-groups/${this.#groupId}/${this.#clerkInGroup ? 'remove' : 'add'}-users`;
    await this.boss.http.send('POST', path, { userIds: [this.clerk.userId] });
    this.#clerkInGroup = !this.#clerkInGroup;
    return true;
  }

  async #toggleRole(): Promise<boolean> {
    const path = `/users/${this.clerk.userId}`;
    const { http } = this.boss;
    const { userRoleId: now } = await http.send<{ userRoleId: string }>('GET', path);
    const { items } = await http.send<{ items: { id: string }[] }>('GET', '/user-roles');
    await http.send('PATCH', path, { userRoleId: items.find(({ id }) => id !== now)?.id });
    return true;
  }

  async #renameClerk(): Promise<boolean> {
    await this.boss.http.send('PATCH', `/users/${this.clerk.userId}`, { fullName: this.newName('Clerk') });
    return true;
  }

  async #createShortcut(): Promise<boolean> {
    const record = this.any(this.records);
    if (record === null) return false;
    const { owner } = record.vault;
    const vault = this.choices.pick(this.vaults.filter((each) => each.owner === owner));
    if (vault.open.key === null) throw new Error('The vault has no key.');
    const folderId = this.place(vault);
    const { id } = await owner.http.send<{ id: string }>('POST', '/shortcuts', {
      vaultId: vault.open.id,
      folderId,
      itemId: record.id,
      keyEncrypted: sealShortcutKey(record.key, vault.open.key),
    });
    this.shortcuts.push({ id, record, vault, folderId });
    return true;
  }

  async #removeShortcut(): Promise<boolean> {
    const shortcut = this.any(this.shortcuts);
    if (shortcut === null) return false;
    await shortcut.vault.owner.http.send('DELETE', `/shortcuts/${shortcut.id}`);
    this.shortcuts = this.shortcuts.filter((each) => each !== shortcut);
    return true;
  }

  async #sendRecord(): Promise<boolean> {
    const record = this.any(this.records);
    if (record === null) return false;
    const { owner } = record.vault;
    const receiver = this.other(owner);
    const { id } = await owner.http.send<{ id: string }>('POST', '/inbox-items', {
      itemId: record.id,
      userId: receiver.userId,
      access: this.choices.pick(['read', 'write']),
      keyEncrypted: sealInboxKey(record.key, this.publicKeyOf(receiver)),
    });
    this.sent.push({ id, record, receiver });
    return true;
  }

  async #viewInbox(): Promise<boolean> {
    const sent = this.any(this.sent);
    if (sent === null) return false;
    await sent.receiver.http.send('GET', `/inbox-items/${sent.id}`);
    return true;
  }

  async #removeFromInbox(): Promise<boolean> {
    const sent = this.any(this.sent);
    if (sent === null) return false;
    await sent.receiver.http.send('DELETE', `/inbox-items/${sent.id}`);
    this.sent = this.sent.filter((each) => each !== sent);
    return true;
  }

  /** Of a record of one's own, or of one that was received. */
  async #setFavourite(): Promise<boolean> {
    const isFavorite = this.choices.oneIn(2);
    const received = this.choices.oneIn(3) ? this.any(this.sent) : null;
    const record = received?.record ?? this.any(this.records);
    if (record === null) return false;
    const member = received?.receiver ?? record.vault.owner;
    await member.http.send('POST', `/items/${record.id}/favorite`, { isFavorite });
    return true;
  }
}
