/**
 * Files on their way onto records. The page knows a file by its token, name and size only:
 * its bytes are read, encrypted and sent by the main process.
 */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { StagedFile } from '../../../contract/attachments.ts';
import type { EventPayload } from '../../../contract/events.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export interface Upload {
  readonly token: string;
  readonly recordId: string;
  readonly name: string;
  readonly size: number;
  readonly stage: 'waiting' | EventPayload<'attachmentProgress'>['stage'];
  readonly done: number;
  readonly total: number;
  readonly failure: Failure | null;
}

type Staged = Result<{ readonly files: readonly StagedFile[]; readonly limit: number }>;

/** The refusal of a file before anything was sent, as the failure it would have become. */
function refusalOf(file: StagedFile, limit: number): Failure | null {
  if (file.refusal === null) return null;
  if (file.refusal === 'tooLarge') {
    return { code: 'fileTooLarge', params: { name: file.name, size: file.size, limit } };
  }
  return { code: 'fileUnreadable', params: { name: file.name } };
}

export const useUploads = defineStore('uploads', () => {
  const uploads = ref<Upload[]>([]);
  const failure = ref<Failure | null>(null);
  let queue: Promise<void> = Promise.resolve();
  let generation = 0;

  function change(token: string, changes: Partial<Upload>): void {
    uploads.value = uploads.value.map((upload) =>
      upload.token === token ? { ...upload, ...changes } : upload,
    );
  }

  function dismiss(token: string): void {
    uploads.value = uploads.value.filter((upload) => upload.token !== token);
  }

  async function send(recordId: string, token: string, asked: number): Promise<void> {
    if (asked !== generation || !uploads.value.some((upload) => upload.token === token)) return;
    const answer = await bridge().attachments.add({ recordId, token });
    if (answer.ok || answer.error.code === 'cancelled') dismiss(token);
    else change(token, { stage: 'failed', failure: answer.error });
  }

  function enqueue(recordId: string, staged: Staged): void {
    if (!staged.ok) {
      failure.value = staged.error.code === 'cancelled' ? null : staged.error;
      return;
    }
    failure.value = null;
    const asked = generation;
    for (const file of staged.value.files) {
      const refusal = refusalOf(file, staged.value.limit);
      const { token, name, size } = file;
      const stage = refusal ? 'failed' : 'waiting';
      uploads.value = [
        ...uploads.value,
        { token, recordId, name, size, stage, done: 0, total: size, failure: refusal },
      ];
      if (!refusal) queue = queue.then(() => send(recordId, token, asked));
    }
  }

  /** Files dropped on a record: `File` objects, which the preload turns into paths. */
  async function drop(recordId: string, files: readonly unknown[]): Promise<void> {
    if (files.length > 0) enqueue(recordId, await bridge().attachments.stage(files));
  }

  /** Files picked in the system's own dialog. */
  async function choose(recordId: string): Promise<void> {
    enqueue(recordId, await bridge().attachments.choose({}));
  }

  async function cancel(token: string): Promise<void> {
    const upload = uploads.value.find((candidate) => candidate.token === token);
    dismiss(token);
    if (upload && upload.stage !== 'failed') await bridge().attachments.cancel({ token });
  }

  function follow(): () => void {
    return bridge().on('attachmentProgress', ({ token, stage, done, total }) =>
      change(token, { stage, done, total }),
    );
  }

  function forget(): void {
    generation += 1;
    uploads.value = [];
    failure.value = null;
  }

  return { uploads, failure, drop, choose, cancel, dismiss, follow, forget };
});
