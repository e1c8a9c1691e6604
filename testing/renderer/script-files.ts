/** The scripted queue of files, and what is done with files that are on a record. */
import type { FileQueueView, QueuedFile } from '../../contract/filequeue.ts';
import type { OfflineFilesView, OfflineRules } from '../../contract/offlinefiles.ts';
import { samplePreview } from './sample-files.ts';
import type { Handlers, Stage } from './scripted.ts';

const limit = 5 * 1024 * 1024;

function viewOf(files: readonly QueuedFile[]): FileQueueView {
  const inRun = files.filter(({ state }) => state !== 'failed' && state !== 'cancelled');
  const busy = inRun.some(({ state }) => state !== 'done');
  return {
    files: [...files],
    done: inRun.reduce((sum, { done }) => sum + done, 0),
    total: inRun.reduce((sum, { size }) => sum + size, 0),
    bytesPerSecond: busy ? 2_400_000 : null,
    busy,
  };
}

/** The first file goes to its half and stays there, so that every state can be looked at. */
function queued(id: string, recordId: string, index: number): QueuedFile {
  const size = 182_000;
  const isLarge = id.startsWith('huge');
  const name = id.replace(/-\d+$/, '');
  return {
    ...{ id, recordId, name, size: isLarge ? 92_000_000 : size, attachmentId: null, retriable: false },
    state: isLarge ? 'failed' : index === 0 ? 'encrypting' : 'waiting',
    done: !isLarge && index === 0 ? size / 2 : 0,
    reason: isLarge ? 'fileTooLarge' : null,
  };
}

function offlineView(rules: OfflineRules): OfflineFilesView {
  return {
    rules,
    here: { count: 214, bytes: 96_400_000 },
    unsent: { count: 1, bytes: 182_000 },
    missing: { count: 3, bytes: 41_000_000 },
    free: 84_000_000_000,
    state: 'fetching',
  };
}

export function scriptFiles(stage: Stage): Pick<Handlers, 'fileQueue' | 'files' | 'offlineFiles'> {
  let queue: QueuedFile[] = [];
  let rules: OfflineRules = { below: limit, vaultIds: [], recordIds: [] };
  const choose = (next: OfflineRules): OfflineFilesView => {
    rules = next;
    stage.emit('offlineFilesChanged', {});
    return offlineView(rules);
  };
  const change = (next: QueuedFile[]): Record<string, never> => {
    queue = next;
    stage.emit('fileQueueChanged', viewOf(queue));
    return {};
  };
  const stopped = (file: QueuedFile): QueuedFile =>
    ['waiting', 'encrypting'].includes(file.state)
      ? { ...file, state: 'cancelled', done: 0, retriable: true }
      : file;
  return {
    fileQueue: {
      limit: () => ({ limit, protocolLimit: true }),
      state: () => viewOf(queue),
      enqueue: ({ recordId, tokens }) => {
        change([...queue, ...tokens.map((token, index) => queued(token, recordId, index))]);
        return viewOf(queue);
      },
      cancel: ({ id }) => change(queue.map((file) => (file.id === id ? stopped(file) : file))),
      cancelAll: () => change(queue.map(stopped)),
      retry: ({ id }) => change(queue.map((file) => (file.id === id ? queued(id, file.recordId, 0) : file))),
      clearFinished: () => change(queue.filter(({ state }) => state === 'waiting' || state === 'encrypting')),
    },
    files: {
      preview: ({ recordId, attachmentId }) => {
        const view = stage.sample.records.find(({ row }) => row.id === recordId)?.view;
        return samplePreview(view?.attachments.find(({ id }) => id === attachmentId)?.name ?? '');
      },
      canRename: () => ({ offered: true }),
      rename: ({ recordId, attachmentId, name }) => {
        const view = stage.sample.records.find(({ row }) => row.id === recordId)?.view;
        for (const file of view?.attachments ?? []) if (file.id === attachmentId) file.name = name;
        stage.changed();
        return { name };
      },
      saveAll: () => ({ chosen: true, saved: 2, failed: [] }),
      dragOut: () => ({ started: false, toldFirst: true }),
      wipeDragged: () => ({}),
    },
    offlineFiles: {
      status: () => offlineView(rules),
      ofRecord: ({ recordId }) => ({
        ...{ byRecord: rules.recordIds.includes(recordId), byVault: false, here: 1, wanted: 2 },
      }),
      keepRecord: ({ recordId, keep }) => choose({ ...rules, recordIds: keep ? [recordId] : [] }),
      keepVault: ({ vaultId, keep }) => choose({ ...rules, vaultIds: keep ? [vaultId] : [] }),
      keepBelow: ({ below }) => choose({ ...rules, below }),
    },
  };
}
