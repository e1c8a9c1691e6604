/**
 * Which files have copies on this device. What is chosen and how far it is belongs to the main
 * process; each place that shows it asks again when it is told that something changed.
 */
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { OfflineFilesView, OfflineRecordView } from '../../../contract/offlinefiles.ts';
import { bridge } from '../../app/bridge.ts';

interface Asked<T> {
  readonly view: Readonly<Ref<T | null>>;
  readonly failure: Readonly<Ref<Failure | null>>;
  readonly load: () => Promise<void>;
  /** Makes a choice and shows what came of it. */
  readonly choose: (choice: () => Promise<Result<unknown>>) => Promise<void>;
}

/** `ask` gives null when there is nothing to ask for; a late answer to an earlier question is dropped. */
function useAsked<T>(ask: () => Promise<Result<T>> | null): Asked<T> {
  const view = shallowRef<T | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await ask();
    if (asked !== number) return;
    view.value = answer?.ok ? answer.value : null;
    failure.value = answer && !answer.ok ? answer.error : null;
  }

  async function choose(choice: () => Promise<Result<unknown>>): Promise<void> {
    const answer = await choice();
    await load();
    if (!answer.ok) failure.value = answer.error;
  }

  onScopeDispose(bridge().on('offlineFilesChanged', () => void load()));
  onScopeDispose(() => (number += 1));
  return { view, failure, load, choose };
}

export interface OfflineRecord extends Pick<Asked<OfflineRecordView>, 'view' | 'failure'> {
  readonly keep: (keep: boolean) => Promise<void>;
}

/** The copies of one record's files. */
export function useOfflineRecord(recordId: () => string): OfflineRecord {
  const { view, failure, load, choose } = useAsked(() =>
    bridge().offlineFiles.ofRecord({ recordId: recordId() }),
  );
  watch(recordId, () => void load(), { immediate: true });
  const unsubscribe = bridge().on('mirrorChanged', ({ recordIds }) => {
    if (recordIds === null || recordIds.includes(recordId())) void load();
  });
  onScopeDispose(unsubscribe);
  return {
    view,
    failure,
    keep: (keep) => choose(() => bridge().offlineFiles.keepRecord({ recordId: recordId(), keep })),
  };
}

export interface OfflineStatus extends Pick<Asked<OfflineFilesView>, 'view' | 'failure' | 'load'> {
  readonly keepBelow: (below: number | null) => Promise<void>;
  readonly keepVault: (vaultId: string, keep: boolean) => Promise<void>;
  readonly keepRecord: (recordId: string, keep: boolean) => Promise<void>;
}

/** The copies of the whole account; asks nothing while everything is locked. */
export function useOfflineStatus(unlocked: () => boolean): OfflineStatus {
  const { view, failure, load, choose } = useAsked(() =>
    unlocked() ? bridge().offlineFiles.status({}) : null,
  );
  watch(unlocked, () => void load(), { immediate: true });
  return {
    ...{ view, failure, load },
    keepBelow: (below) => choose(() => bridge().offlineFiles.keepBelow({ below })),
    keepVault: (vaultId, keep) => choose(() => bridge().offlineFiles.keepVault({ vaultId, keep })),
    keepRecord: (recordId, keep) => choose(() => bridge().offlineFiles.keepRecord({ recordId, keep })),
  };
}
