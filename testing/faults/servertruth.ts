/**
 * Everything a server holds, opened: records, their history, the bin, the files, the folders.
 *
 * It is read from the server's own database with the installation's key, past every right and
 * every listing, and then opened with the vaults' keys, as nobody but a test can.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { decodeAttachment, openCustomField, openPassword, openRecordKey } from '../../main/keychain/index.ts';
import type { RecordKey, VaultKey } from '../../main/keychain/index.ts';
import { createSeal } from '../../server/sealing/cipher.ts';
import type { Seal } from '../../server/sealing/cipher.ts';
import { loadSealingKey } from '../../server/sealing/keyfile.ts';
import type { ItemContent } from '../../server/storage/items.ts';
import { sqliteEngine } from '../../server/storage/sqlite.ts';
import type { Tables } from '../../server/storage/tables.ts';
import { markersIn, tokensIn } from './tokens.ts';

/** What was found. */
export interface Truth {
  /** Values and folders' tokens that stand anywhere: current, former, in the bin. */
  readonly values: ReadonlySet<string>;
  /** How many records carry a marker and how many folders a token, the bin included. */
  readonly objects: ReadonlyMap<string, number>;
  readonly records: number;
  readonly binned: number;
  readonly snapshots: number;
}

/** Reads the data of one server again and again; what cannot change any more is opened once. */
export class ServerTruth {
  readonly #keys: readonly VaultKey[];
  readonly #folder: string;
  /** Tokens by row and revision. */
  readonly #opened = new Map<string, readonly string[]>();
  readonly #files = new Map<string, string>();

  constructor(dataFolder: string, keys: readonly VaultKey[]) {
    this.#folder = dataFolder;
    this.#keys = keys;
  }

  async read(): Promise<Truth> {
    const seal = createSeal(loadSealingKey(this.#folder, true));
    const database = new Kysely<Tables>({ dialect: sqliteEngine(join(this.#folder, 'server.db')).dialect });
    try {
      return await this.#read(database, seal);
    } finally {
      await database.destroy();
    }
  }

  async #read(database: Kysely<Tables>, seal: Seal): Promise<Truth> {
    const values = new Set<string>();
    const objects = new Map<string, number>();
    const count = (token: string): void => void objects.set(token, (objects.get(token) ?? 0) + 1);
    const fileNames = new Map(
      (await database.selectFrom('attachments').selectAll().execute()).map((row) => [row.id, row.file_name]),
    );
    const items = await database.selectFrom('items').selectAll().execute();
    for (const { id, revision, content } of items) {
      const open = () => this.#tokens(seal, content, fileNames);
      const tokens = await this.#once(`${id} ${String(revision)} ${String(content.length)}`, open);
      for (const token of tokens) values.add(token);
      for (const marker of markersIn(tokens)) count(marker);
    }
    const snapshots = await database.selectFrom('snapshots').selectAll().execute();
    for (const { id, content } of snapshots) {
      for (const token of await this.#once(id, () => this.#tokens(seal, content, fileNames)))
        values.add(token);
    }
    for (const { content } of await database.selectFrom('folders').selectAll().execute()) {
      const tokens = tokensIn([seal.openJson<{ name: string }>(content).name]);
      for (const token of tokens) values.add(token);
      for (const token of tokens.filter((each) => each.startsWith('fd'))) count(token);
    }
    const binned = items.filter(({ bin_id: binId }) => binId !== null).length;
    return { values, objects, records: items.length - binned, binned, snapshots: snapshots.length };
  }

  async #once(name: string, open: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const tokens = this.#opened.get(name) ?? (await open());
    this.#opened.set(name, tokens);
    return tokens;
  }

  async #tokens(seal: Seal, content: Uint8Array, fileNames: ReadonlyMap<string, string>): Promise<string[]> {
    const item = seal.openJson<ItemContent>(content);
    const { name, login, urls, url, description, tags, attachments } = item;
    const key = this.#keyOf(item);
    const secrets =
      key === null
        ? []
        : [
            openPassword(item.passwordEncrypted, key)?.toString('utf8') ?? '',
            ...item.customs.flatMap((field) => {
              const opened = openCustomField(field, key);
              return [opened.name, opened.value.toString('utf8')];
            }),
          ];
    const files = await Promise.all(
      attachments.map(async (file) => {
        const text = key === null ? '' : await this.#fileText(seal, file, key, fileNames.get(file.id));
        return [file.name, text];
      }),
    );
    return tokensIn([name, login, url, ...urls, description ?? '', ...tags, ...secrets, ...files.flat()]);
  }

  /** Records move between vaults, and their former states with them: any of the keys may be the one. */
  #keyOf({ keyEncrypted, name }: ItemContent): RecordKey | null {
    if (keyEncrypted === null || keyEncrypted === '') return null;
    for (const key of this.#keys) {
      try {
        return openRecordKey(keyEncrypted, key);
      } catch (error) {
        // Not this vault's; the next one is tried.
        if (!(error instanceof Error && 'code' in error && error.code === 'undecipherable')) throw error;
      }
    }
    throw new Error(`no vault's key opens "${name}"`);
  }

  async #fileText(
    seal: Seal,
    file: ItemContent['attachments'][number],
    key: RecordKey,
    fileName: string | undefined,
  ): Promise<string> {
    if (fileName === undefined) return '';
    const known = this.#files.get(file.id);
    if (known !== undefined) return known;
    const sealed = await readFile(join(this.#folder, 'files', fileName));
    const wire = { ...file, encryptedData: seal.openBytes(sealed).toString('utf8') };
    const text = decodeAttachment(wire, key).toString('latin1');
    this.#files.set(file.id, text);
    return text;
  }
}
