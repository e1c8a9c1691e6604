/**
 * An import of 50,000 rows from a table: read, rehearsed and written into the mirror and its outbox.
 * The peer is what nobody can skip: making a record key, wrapping it and sealing one password.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateRecordKey, sealEnvelope, wipe } from '../main/keychain/index.ts';
import { Exchanging } from '../main/vaults/index.ts';
import type { OpenAccount } from '../main/vaults/accounts/openaccount.ts';

export const importedRows = 50_000;
const workerFile = new URL('../main/vaults/exchanging/exchangeworker.ts', import.meta.url);

export interface ImportFigures {
  readonly readMs: number;
  readonly rehearseMs: number;
  readonly importMs: number;
  readonly peerMs: number;
  readonly made: number;
}

/** Imports into a vault of the account, which is left with the records. */
export async function importTable(current: () => OpenAccount, vaultId: string): Promise<ImportFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-import-'));
  const path = join(folder, 'table.csv');
  writeFileSync(path, tableText());
  const nobody = { chooseFiles: async () => [], chooseTarget: async () => null };
  const options = {
    current,
    dialogs: nobody,
    workerFile,
    prove: async () => undefined,
    onProgress: () => undefined,
  };
  const exchange = new Exchanging(options);
  try {
    const { token } = await exchange.stage(path);
    const plan = {
      token,
      to: { vaultId, folderId: null },
      intoFolder: null,
      duplicates: 'both',
      formerPasswords: true,
    } as const;
    const readMs = await timed(async () => {
      const { table } = await exchange.read(token, null, null);
      if (table) await exchange.mapColumns(token, table.suggested);
    });
    const rehearseMs = await timed(() => exchange.dryRun(plan));
    let made = 0;
    const importMs = await timed(async () => void ({ made } = await exchange.run(plan)));
    return { readMs, rehearseMs, importMs, peerMs: await timed(sealAll), made };
  } finally {
    await exchange.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableText(): string {
  const rows = Array.from({ length: importedRows }, (_, at) => {
    const figure = String(at);
    return `Record ${figure},user-${figure},secret-${figure},https://host-${figure}.example,note`;
  });
  return ['title,login,password,url,notes', ...rows].join('\n');
}

async function sealAll(): Promise<void> {
  const vaultKey = generateRecordKey();
  for (let at = 0; at < importedRows; at += 1) {
    const key = generateRecordKey();
    sealEnvelope(key, vaultKey);
    sealEnvelope(Buffer.from(`secret-${String(at)}`), key);
    wipe(key);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
