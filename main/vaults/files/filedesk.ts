/** Everything that is done with files, put together once: the threads, and what shares them. */
import type { EventPayload } from '../../../contract/events.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { Records } from '../reading/records.ts';
import { Attachments, type FileDialogs } from './attachments.ts';
import { AttachmentThread } from './attachmentthread.ts';
import { DraggedFiles } from './draggedfiles.ts';
import { FileDecrypting } from './filedecrypting.ts';
import { FileKeeping, limitOf } from './filekeeping.ts';
import { FileNaming } from './filenaming.ts';
import { FileQueue } from './filequeue.ts';
import { OfflineFiles } from './offlinefiles.ts';
import { PartedFiles } from './partedfiles.ts';
import { PartThread } from './partthread.ts';
import { TakingOut } from './takingout.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';

export interface FileDeskOptions {
  readonly current: () => OpenAccount;
  readonly records: Records;
  /** Scripts of the threads; the bundle and the tests have them at different places. */
  readonly workers: Readonly<Record<'attachment' | 'part' | 'preview', string | URL>>;
  readonly dialogs: FileDialogs;
  /** A folder that is this desk's alone, for files that are dragged out. */
  readonly draggedFolder: string;
  /** A name that any file system takes. */
  readonly safeName: (name: string) => string;
  readonly dragTold: () => boolean;
  readonly startDrag: (paths: readonly string[]) => void;
  readonly onProgress: (progress: EventPayload<'attachmentProgress'>) => void;
  readonly onQueue: (view: EventPayload<'fileQueueChanged'>) => void;
  /** Copies on this device were fetched, taken away or chosen. */
  readonly onOffline: () => void;
  /** Told of failures that nobody foresaw. */
  readonly onFault: (error: unknown) => void;
}

/** So many files of the queue are encrypted at the same time. */
const lanes = 2;

export class FileDesk {
  readonly attachments: Attachments;
  readonly queue: FileQueue;
  readonly naming: FileNaming;
  readonly offline: OfflineFiles;
  readonly takingOut: TakingOut;
  readonly #current: () => OpenAccount;

  constructor(options: FileDeskOptions) {
    const { current, records, workers, dialogs } = options;
    this.#current = current;
    const parts = new PartedFiles(new PartThread(workers.part));
    const keeping = (): FileKeeping => new FileKeeping(new AttachmentThread(workers.attachment), parts);
    const decrypting = new FileDecrypting(new AttachmentThread(workers.attachment), parts);
    this.attachments = new Attachments({
      ...{ current, records, dialogs, decrypting },
      keeping: keeping(),
      onProgress: options.onProgress,
    });
    this.queue = new FileQueue({
      current,
      staged: this.attachments.staged,
      lanes: Array.from({ length: lanes }, keeping),
      onChange: options.onQueue,
      onFault: options.onFault,
    });
    this.naming = new FileNaming(current);
    this.offline = new OfflineFiles({ current, onChange: options.onOffline, onFault: options.onFault });
    this.takingOut = new TakingOut({
      ...{ current, records, dialogs, decrypting },
      previewWorker: workers.preview,
      dragged: new DraggedFiles(options.draggedFolder, options.safeName),
      safeName: options.safeName,
      dragTold: options.dragTold,
      startDrag: options.startDrag,
    });
  }

  /** Bytes of the largest file that the shown account's server takes. */
  limit(): { limit: number; protocolLimit: boolean } {
    const limit = limitOf(this.#current());
    return { limit, protocolLimit: limit === PROTOCOL_ATTACHMENT_LIMIT };
  }

  /** Ends everything that is under way and wipes what lies decrypted: at lock and at quit. */
  async clear(): Promise<void> {
    const desks = [this.queue, this.attachments, this.takingOut, this.offline];
    const ends = desks.map((desk) => desk.clear());
    const failed = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
