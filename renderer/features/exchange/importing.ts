/** The import wizard: one file from being chosen to the summary. Nothing of its contents is kept here. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Place } from '../../../contract/editing.ts';
import type {
  CsvMapping,
  DuplicateRule,
  ImportOutline,
  ImportResult,
  StagedImport,
} from '../../../contract/exchange.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type ImportStep = 'file' | 'columns' | 'plan' | 'done';

export const useImporting = defineStore('importing', () => {
  const open = ref(false);
  const to = shallowRef<Place | null>(null);
  const step = ref<ImportStep>('file');
  const file = shallowRef<StagedImport | null>(null);
  const keyFile = ref<string | null>(null);
  const needsPassword = ref(false);
  const outline = shallowRef<ImportOutline | null>(null);
  const foretold = shallowRef<ImportResult | null>(null);
  const result = shallowRef<ImportResult | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const progress = shallowRef<{ done: number; total: number } | null>(null);
  const busy = ref(false);
  /** Name of a folder of its own in the place; empty for none. */
  const intoFolder = ref('');
  const duplicates = ref<DuplicateRule>('skip');
  const formerPasswords = ref(true);
  let number = 0;

  /** Null: the person picks the place before anything is counted. */
  function begin(place: Place | null): void {
    forget();
    to.value = place;
    open.value = true;
  }

  /** Null where it failed, or where the wizard was left meanwhile. */
  async function asked<T>(work: () => Promise<Result<T>>): Promise<T | null> {
    const mine = ++number;
    busy.value = true;
    failure.value = null;
    const answer = await work();
    if (mine !== number) return null;
    busy.value = false;
    progress.value = null;
    if (answer.ok) return answer.value;
    if (answer.error.code !== 'cancelled') failure.value = answer.error;
    return null;
  }

  async function choose(): Promise<void> {
    const chosen = await asked(() => bridge().exchange.choose({}));
    if (chosen?.file) await taken(chosen.file);
  }

  /** A file that was dropped on the wizard. */
  async function drop(dropped: File): Promise<void> {
    const staged = await asked(() => bridge().exchange.stage([dropped]));
    if (staged) await taken(staged);
  }

  async function taken(staged: StagedImport): Promise<void> {
    file.value = staged;
    keyFile.value = null;
    needsPassword.value = false;
    if (staged.refusal === null) await read(null);
  }

  /** The typed bytes are wiped here; the main process wipes its own. */
  async function read(password: Uint8Array<ArrayBuffer> | null): Promise<void> {
    const token = file.value?.token;
    if (token === undefined) return;
    const read = await asked(() => bridge().exchange.read({ token, format: null, password }));
    password?.fill(0);
    const reason = failure.value?.params['reason'];
    if (reason === 'passwordNeeded' || reason === 'wrongPassword') needsPassword.value = true;
    if (reason === 'passwordNeeded') failure.value = null;
    if (read) await opened(read);
  }

  async function chooseKeyFile(): Promise<void> {
    const token = file.value?.token;
    if (token === undefined) return;
    const chosen = await asked(() => bridge().exchange.chooseKeyFile({ token }));
    if (chosen?.name) keyFile.value = chosen.name;
  }

  async function opened(read: ImportOutline): Promise<void> {
    outline.value = read;
    step.value = read.table === null ? 'plan' : 'columns';
    if (read.table === null) await rehearse();
  }

  async function mapColumns(mapping: CsvMapping): Promise<void> {
    const token = file.value?.token ?? '';
    const mapped = await asked(() => bridge().exchange.mapColumns({ token, mapping }));
    if (!mapped) return;
    outline.value = { ...mapped, table: outline.value?.table ?? null };
    step.value = 'plan';
    await rehearse();
  }

  function plan() {
    const token = file.value?.token ?? '';
    const own = intoFolder.value.trim();
    const choices = { duplicates: duplicates.value, formerPasswords: formerPasswords.value };
    return to.value && { token, to: to.value, intoFolder: own === '' ? null : own, ...choices };
  }

  /** Counts anew what the import would do, with the choices as they are. */
  async function rehearse(): Promise<void> {
    foretold.value = null;
    const wanted = plan();
    if (wanted) foretold.value = await asked(() => bridge().exchange.dryRun(wanted));
  }

  async function run(): Promise<void> {
    const wanted = plan();
    const done = wanted && (await asked(() => bridge().exchange.run(wanted)));
    if (!done) return;
    result.value = done;
    step.value = 'done';
  }

  /** How many records went and how many stayed because they were changed; null where it failed. */
  async function undo(): Promise<{ removed: number; kept: number } | null> {
    const undone = await asked(() => bridge().exchange.undo({}));
    if (undone) close();
    return undone;
  }

  function told(done: number, total: number): void {
    if (busy.value) progress.value = { done, total };
  }

  /** Stops what is under way; what was imported by then stays. */
  function close(): void {
    const token = file.value?.token;
    if (token !== undefined && step.value !== 'done') void bridge().exchange.cancel({ token });
    forget();
  }

  function forget(): void {
    number += 1;
    open.value = false;
    step.value = 'file';
    for (const known of [to, file, outline, foretold, result, failure, progress]) known.value = null;
    keyFile.value = null;
    needsPassword.value = false;
    busy.value = false;
    intoFolder.value = '';
    duplicates.value = 'skip';
    formerPasswords.value = true;
  }

  return {
    ...{ open, to, step, file, keyFile, needsPassword, outline, foretold, result, failure, progress, busy },
    ...{
      intoFolder,
      duplicates,
      formerPasswords,
      begin,
      choose,
      drop,
      read,
      chooseKeyFile,
      mapColumns,
      rehearse,
      run,
    },
    ...{ undo, told, close, forget },
  };
});
