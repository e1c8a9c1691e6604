/**
 * A person's hands on one device: one random act at a time, through the real door, each written
 * into the diary before it begins and after it has returned.
 *
 * What an act takes out of sight is read from the device itself just before. Acts on folders and
 * on the bin are in `places.ts`, decisions about conflicts and refused changes in `deciding.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomChange, RecordChange, SecretChange } from '../../contract/editing.ts';
import type { StoredRecord } from '../../main/mirror/model.ts';
import { CallFailed } from '../integration/application.ts';
import type { Application } from '../integration/application.ts';
import type { Choices } from '../organisation/random.ts';
import type { Act, Diary, Removed } from './book.ts';
import { allRecords, fileBytes, mineOf, openRecord, textsOf, unsentFileTexts } from './contents.ts';
import type { OpenAccount, OpenedRecord } from './contents.ts';
import { markersIn, markOfFolder, tokensIn, valuesIn } from './tokens.ts';
import type { TokenMaker } from './tokens.ts';

/** Refusals that an honest device may give: a right or space is missing, the thing has gone meanwhile. */
const foreseen = new Set([
  ...['forbidden', 'notRestorable', 'folderIntoItself', 'attachmentNotHere', 'vaultKeyMissing'],
  ...['noSuchFolder', 'noSuchRecord', 'noSuchVault', 'noSuchChange', 'noSuchConflict', 'changedMeanwhile'],
  ...['diskFull', 'noSuchField'],
]);

export const typedText = (text: string): SecretChange => ({ kind: 'set', value: Buffer.from(text, 'utf8') });
const kept: SecretChange = { kind: 'keep' };

export interface HandsParts {
  readonly app: Application;
  readonly diary: Diary;
  readonly choices: Choices;
  readonly tokens: TokenMaker;
  /** Vaults in which these hands work; all of them without. */
  readonly vaultIds?: readonly string[];
  /** How many records there should be about. */
  readonly records?: number;
}

/** What an act that puts something into the bin takes along. */
export type Leaving = Required<Pick<Act, 'replaced' | 'unmade' | 'dropped' | 'removed'>>;

export class Hands {
  readonly app: Application;
  readonly choices: Choices;
  readonly tokens: TokenMaker;
  readonly #diary: Diary;
  readonly #vaultIds: readonly string[] | null;
  readonly #wanted: number;

  constructor({ app, diary, choices, tokens, vaultIds, records = 40 }: HandsParts) {
    this.app = app;
    this.choices = choices;
    this.tokens = tokens;
    this.#diary = diary;
    this.#vaultIds = vaultIds ?? null;
    this.#wanted = records;
  }

  get account(): OpenAccount {
    return this.app.accounts.current();
  }

  /** Does one act; `change` is called once. False when it was refused for a foreseen reason. */
  async act(act: Act, change: () => Promise<unknown>): Promise<boolean> {
    this.#diary.will(act);
    try {
      await change();
    } catch (error) {
      if (!(error instanceof CallFailed) || !foreseen.has(error.failure.code)) throw error;
      this.#diary.failed(act, error.failure.code);
      return false;
    }
    this.#diary.did(act);
    return true;
  }

  /** The vaults in which these hands work. */
  vaultIds(): string[] {
    const all = this.account.mirror.vaults.all();
    return all.map(({ id }) => id).filter((id) => this.#vaultIds?.includes(id) ?? true);
  }

  records(): StoredRecord[] {
    const ids = new Set(this.vaultIds());
    return allRecords(this.account).filter(
      ({ kind, vaultId }) => kind === 'record' && vaultId !== null && ids.has(vaultId),
    );
  }

  /** A record to do something with; a new one is made where there is none. */
  async any(): Promise<StoredRecord | null> {
    const records = this.records();
    if (records.length > 0) return this.choices.pick(records);
    await this.create();
    return null;
  }

  opened(record: StoredRecord): OpenedRecord {
    return openRecord(this.account, record);
  }

  place(): { vaultId: string; folderId: string | null } {
    const vaultId = this.choices.pick(this.vaultIds());
    const folders = this.account.mirror.folders.ofVault(vaultId).map(({ id }) => id);
    return { vaultId, folderId: this.choices.pick([null, ...folders]) };
  }

  async create(): Promise<boolean> {
    const marker = this.tokens.next('mk');
    const value = (): string => this.tokens.next('zq');
    const fields: RecordChange = {
      name: `Made ${value()}`,
      login: value(),
      urls: [`https://${value()}.example/`],
      description: `Notes: ${value()}`,
      tags: [marker, ...(this.choices.oneIn(3) ? [value()] : [])],
      color: this.choices.number(9),
      password: typedText(value()),
      customs: this.choices.oneIn(2) ? [this.#newCustom()] : [],
    };
    const typed = typedIn(fields);
    return this.act({ kind: 'create', typed, made: [marker] }, () =>
      this.app.ask('editing', 'create', { place: this.place(), fields }),
    );
  }

  /** Changes one field, or several, of a record; `without` names fields to leave alone. */
  async edit(without: readonly (keyof RecordChange)[] = []): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const opened = this.opened(record);
    const names = (['name', 'login', 'urls', 'description', 'password', 'customs', 'tags'] as const).filter(
      (name) => !without.includes(name),
    );
    const chosen = new Set([
      this.choices.pick(names),
      this.choices.oneIn(3) ? this.choices.pick(names) : null,
    ]);
    const fields: RecordChange = Object.assign(
      {},
      ...names.filter((name) => chosen.has(name)).map((name) => this.#change(name, opened)),
    );
    const replaced = valuesIn(
      names.filter((name) => chosen.has(name)).flatMap((name) => shown(name, opened)),
    );
    const typed = typedIn(fields);
    const gone = fields.customs === undefined ? replaced : withoutKept(replaced, opened, fields.customs);
    const act = { kind: `edit ${[...chosen].filter(Boolean).sort().join('+')}`, typed, replaced: gone };
    return this.act(act, () => this.app.ask('editing', 'save', { recordId: record.id, fields }));
  }

  async move(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    return this.act({ kind: 'move' }, () =>
      this.app.ask('editing', 'move', { recordIds: [record.id], to: this.place() }),
    );
  }

  /** Copies a record and gives the copy a marker of its own. */
  async copy(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const markers = markersIn(record.tags);
    let copies: string[] = [];
    const copied = await this.act({ kind: 'copy', copied: markers }, async () => {
      const input = { recordIds: [record.id], to: this.place() };
      copies = (await this.app.ask('editing', 'copy', input)).recordIds;
    });
    if (!copied) return false;
    const marker = this.tokens.next('mk');
    const tags = { add: [marker], remove: markers };
    return this.act({ kind: 'mark', made: [marker], parted: markers }, () =>
      this.app.ask('editing', 'changeTags', { recordIds: copies, ...tags }),
    );
  }

  async remove(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    return this.act({ kind: 'remove', ...(await this.leaving([record])) }, () =>
      this.app.ask('editing', 'remove', { recordIds: [record.id] }),
    );
  }

  async setFavourite(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const input = { recordIds: [record.id], favourite: !record.favourite };
    return this.act({ kind: 'favourite' }, () => this.app.ask('editing', 'setFavourite', input));
  }

  async setColor(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const input = { recordIds: [record.id], color: this.choices.number(9) };
    return this.act({ kind: 'colour' }, () => this.app.ask('editing', 'setColor', input));
  }

  async changeTags(): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const old = record.tags.filter((tag) => !tag.startsWith('mk'));
    const remove = old.length > 0 && this.choices.oneIn(2) ? [this.choices.pick(old)] : [];
    const add = [this.tokens.next('zq')];
    return this.act({ kind: 'tags', typed: add, replaced: valuesIn(remove) }, () =>
      this.app.ask('editing', 'changeTags', { recordIds: [record.id], add, remove }),
    );
  }

  async attach(folder: string = this.app.folder): Promise<boolean> {
    const record = await this.any();
    if (record === null) return true;
    const name = `${this.tokens.next('zq')}.bin`;
    const content = this.tokens.next('zq');
    const path = join(folder, name);
    writeFileSync(path, Buffer.concat([Buffer.from(content), this.choices.bytes(this.choices.number(3000))]));
    const { files } = await this.app.ask('attachments', 'stage', { paths: [path] });
    return this.act({ kind: 'attach', typed: valuesIn([name, content]) }, () =>
      this.app.ask('attachments', 'add', { recordId: record.id, token: files[0]?.token ?? '' }),
    );
  }

  async detach(): Promise<boolean> {
    const record = this.records().find(({ attachments }) => attachments.length > 0);
    const file = record?.attachments[0];
    if (record === undefined || file === undefined) return this.attach();
    const bytes = await fileBytes(this.account, record, file);
    const replaced = valuesIn([file.name, bytes?.toString('latin1') ?? '']);
    return this.act({ kind: 'detach', replaced }, () =>
      this.app.ask('attachments', 'remove', { recordId: record.id, attachmentId: file.id }),
    );
  }

  /** Whether there are more records than wanted, so that one may go. */
  get isCrowded(): boolean {
    return this.records().length > this.#wanted;
  }

  /**
   * What goes when records go to the bin. What was never sent may stay on this device alone, so
   * whoever deletes it lets it go; it counts again once it is put back. A conflict that was open
   * about a record is decided by deleting it.
   */
  async leaving(records: readonly StoredRecord[]): Promise<Leaving> {
    const replaced: string[] = [];
    const dropped: string[] = [];
    const removed: Removed[] = [];
    for (const record of records) {
      const texts = await this.textsOf(record);
      const conflict = this.account.mirror.conflicts.ofRecord(record.id);
      if (record.serverId === '') replaced.push(...texts);
      if (conflict !== null) dropped.push(...mineOf(this.account, conflict), ...texts);
      const object = markersIn(record.tags)[0] ?? record.serverId;
      removed.push({ object, values: valuesIn(texts), within: this.foldersAbove(record.folderId) });
    }
    const unmade = markersIn(tokensIn(replaced));
    return { replaced: valuesIn(replaced), unmade, dropped: valuesIn(dropped), removed };
  }

  /** The marks of a folder and of all above it. */
  foldersAbove(folderId: string | null): string[] {
    return folderId === null ? [] : this.account.mirror.folders.path(folderId).map(markOfFolder);
  }

  /** Every text of a record, what stands in files that were not sent included. */
  async textsOf(record: StoredRecord): Promise<string[]> {
    return [...textsOf(this.opened(record)), ...(await unsentFileTexts(this.account, [record]))];
  }

  #newCustom(): CustomChange {
    const type = this.choices.pick(['text', 'password'] as const);
    const label = typedText(`Label ${this.tokens.next('zq')}`);
    return { from: null, label, type, value: typedText(this.tokens.next('zq')) };
  }

  #change(name: keyof RecordChange, { stored, customs }: OpenedRecord): RecordChange {
    const value = this.tokens.next('zq');
    switch (name) {
      case 'urls':
        return {
          urls: this.choices.oneIn(2)
            ? [...stored.urls, `https://${value}.example/`]
            : [`https://${value}.example/`],
        };
      case 'tags':
        return { tags: [...stored.tags.filter((tag) => tag.startsWith('mk')), value] };
      case 'password':
        return { password: typedText(value) };
      case 'customs':
        return { customs: this.#changedCustoms(customs.map(({ type }) => type)) };
      default:
        return { [name]: `${name} ${value}` };
    }
  }

  /** One field more, one less, or one with another value; the others are kept unseen. */
  #changedCustoms(types: readonly string[]): CustomChange[] {
    const asType = (type: string): CustomChange['type'] =>
      type === 'password' || type === 'totp' ? type : 'text';
    const same = types.map((type, from) => ({ from, label: kept, type: asType(type), value: kept }));
    const at = this.choices.number(Math.max(types.length, 1));
    const how = this.choices.number(4);
    if (types.length === 0 || (how < 2 && types.length < 5)) return [...same, this.#newCustom()];
    if (how === 2) return same.filter(({ from }) => from !== at);
    return same.map((field) =>
      field.from === at && field.type !== 'totp'
        ? { ...field, value: typedText(this.tokens.next('zq')) }
        : field,
    );
  }
}

/** Values that a change brings. */
function typedIn(fields: RecordChange): string[] {
  const secret = (change: SecretChange | undefined): string =>
    change?.kind === 'set' ? Buffer.from(change.value).toString('utf8') : '';
  const { name = '', login = '', urls = [], description = '', tags = [], password, customs = [] } = fields;
  const inCustoms = customs.flatMap(({ label, value }) => [secret(label), secret(value)]);
  return valuesIn([name, login, ...urls, description, ...tags, secret(password), ...inCustoms]);
}

/** The texts of one field as they are shown now. */
function shown(name: keyof RecordChange, { stored, password, customs }: OpenedRecord): string[] {
  if (name === 'password') return [password ?? ''];
  if (name === 'customs') return customs.flatMap(({ label, value }) => [label, value]);
  return [stored[name]].flat().map(String);
}

/** Of what was shown, what a new list of custom fields does not keep. */
function withoutKept(replaced: string[], { customs }: OpenedRecord, list: readonly CustomChange[]): string[] {
  const keptTexts = list.flatMap(({ from, label, value }) => {
    const field = from === null ? undefined : customs[from];
    if (field === undefined) return [];
    return [label.kind === 'keep' ? field.label : '', value.kind === 'keep' ? field.value : ''];
  });
  const still = new Set(valuesIn(keptTexts));
  return replaced.filter((token) => !still.has(token));
}
