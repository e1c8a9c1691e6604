// @vitest-environment happy-dom
import { createPinia, type Store, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge, later } from '../../testing/renderer/fake-bridge.ts';
import type { BinRow } from '../../contract/bin.ts';
import type { ConflictRow } from '../../contract/conflicts.ts';
import type { QueuedFile } from '../../contract/filequeue.ts';
import type { WaitingRow } from '../../contract/sync.ts';
import type { RecordPage } from '../../contract/records.ts';
import type { Result } from '../../contract/errors.ts';
import { useEnrolment } from '../features/accounts/enrolment.ts';
import { useBin } from '../features/bin/bin.ts';
import { useConflicts } from '../features/conflicts/conflicts.ts';
import { useEditor } from '../features/editor/editor.ts';
import { usePlaces } from '../features/places/places.ts';
import { useWaiting } from '../features/sync/waiting.ts';
import { useClipboard } from '../features/clipboard/clipboard.ts';
import { useList } from '../features/list/list.ts';
import { useFileQueue } from '../features/files/queue.ts';
import { useSync } from '../features/sync/sync.ts';
import { useTree } from '../features/tree/tree.ts';
import { useWorkspace } from '../features/workspace/workspace.ts';
import { useQuestions } from '../ui/questions.ts';
import { useToasts } from '../ui/toasts.ts';
import { createForgetting } from './forgetting.ts';

const overview = {
  vaults: [
    {
      id: 'v1',
      name: 'Secret plans',
      kind: 'corporate',
      recordCount: 1,
      folderCount: 1,
      trust: 'verified',
      writable: true,
      hidden: false,
      can: {
        addRecords: true,
        editFolders: true,
        export: true,
        seeAccess: true,
        manageAccess: true,
        remove: true,
        leave: true,
      },
    },
  ],
  totalCount: 1,
  favouriteCount: 0,
  recentCount: 0,
  inboxCount: 0,
  inboxUnread: 0,
  shortcutCount: 0,
  binCount: 0,
  conflictCount: 0,
} as const;

const row = {
  id: 'r1',
  kind: 'record',
  name: 'Root of everything',
  login: 'root',
  host: 'h',
  tags: [],
  color: 0,
  favourite: false,
  vaultId: 'v1',
  place: [],
  hasTotp: null,
  attachmentCount: 0,
  flagged: false,
  unread: false,
  pending: false,
  conflict: false,
  updatedAt: null,
} as const;

const binned: BinRow = {
  id: 'b1',
  kind: 'record',
  name: 'Old root of everything',
  login: '',
  vaultId: 'v1',
  vaultName: 'Secret plans',
  place: [],
  recordCount: 0,
  deletedAt: 1,
  pending: true,
  restorable: true,
  erasable: false,
};
const conflicting: ConflictRow = {
  id: 'c1',
  kind: 'fields',
  recordId: 'r1',
  name: 'Root of everything',
  vaultName: 'Secret plans',
  at: 1,
  fieldCount: 0,
};
const change: WaitingRow = {
  id: 'w1',
  kind: 'edit',
  name: 'Root of everything',
  recordId: 'r1',
  since: 1,
  state: 'waiting',
  attempts: 0,
  problem: null,
};

const queued: QueuedFile = {
  ...{ id: 't', recordId: 'r1', name: 'plan.pdf', size: 4, state: 'failed', done: 0 },
  ...{ reason: 'fileTooLarge', retriable: false, attachmentId: null },
};
const queueView = { done: 0, total: 0, bytesPerSecond: null, busy: false };

const gone = { ...row, tags: [], place: [] };

function stateOf(stores: readonly Store[]): string {
  return JSON.stringify(
    stores.map((store) => store.$state),
    (_key, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value),
  );
}

const forgetting = createForgetting();

beforeEach(() => {
  const pinia = createPinia();
  pinia.use(forgetting.plugin);
  createApp({ render: () => null }).use(pinia);
  setActivePinia(pinia);
});

const vaultStores = () => [
  useTree(),
  useList(),
  useSync(),
  useWorkspace(),
  useClipboard(),
  useFileQueue(),
  useToasts(),
  useBin(),
  useConflicts(),
  useWaiting(),
  useEditor(),
  usePlaces(),
  useQuestions(),
];

describe('forgetting at lock', () => {
  it('brings every store that knows of the vaults back to its first state, as one', async () => {
    const bridge = fakeBridge({
      tree: {
        overview: () => done({ ...overview, vaults: [...overview.vaults] }),
        folders: () =>
          done({
            folders: [
              { id: 'f1', parentId: null, name: 'Hidden', recordCount: 1, childCount: 0, pending: false },
            ],
          }),
      },
      records: {
        page: () => done({ total: 1, rows: [gone] }),
        copyPassword: () => done({ clearsAt: 1000, totalMs: 30 }),
      },
      attachments: {
        stage: () =>
          done({ files: [{ token: 't', name: 'plan.pdf', size: 4, refusal: 'tooLarge' }], limit: 1 }),
      },
      fileQueue: { enqueue: () => done({ ...queueView, files: [queued] }) },
      bin: { page: () => done({ total: 1, rows: [binned] }) },
      conflicts: {
        list: () => done({ rows: [conflicting] }),
        read: () => done({ ...conflicting, fields: [] }),
      },
      sync: {
        waiting: () => done({ total: 1, rows: [change] }),
        status: () =>
          done({
            accountId: 'a',
            phase: 'idle',
            stage: null,
            done: 0,
            total: 0,
            lastSyncedAt: 1,
            problem: null,
            nextTryAt: null,
            waiting: 0,
            held: 0,
            conflicts: 0,
            offlineUntil: null,
            notices: [],
          }),
      },
    });
    vi.stubGlobal('strongroom', bridge.api);
    const fresh = stateOf(vaultStores());

    await useTree().load();
    await useTree().loadFolders('v1');
    useTree().expand('v1');
    useList().goTo({ kind: 'vault', vaultId: 'v1' });
    useList().query = 'root of';
    await vi.waitFor(() => expect(useList().view?.rows.total).toBe(1), { timeout: 10_000 });
    await useList().view?.select(0);
    await useSync().load();
    useWorkspace().peek('r1');
    useWorkspace().stage = 'record';
    await useClipboard().copy('password', bridge.api.records.copyPassword({ recordId: 'r1' }));
    await useFileQueue().put({ id: 'r1', name: 'Root of everything' }, [{}]);
    useToasts().say('bad', 'Something about Root of everything');
    await useBin().load();
    await useWaiting().load();
    await useConflicts().load();
    useConflicts().open('c1');
    useEditor().target = { kind: 'edit', recordId: 'r1' };
    useEditor().touched = true;
    const question = useQuestions().ask({ title: 'Root?', text: 'Root of everything', confirm: 'Go' });
    await vi.waitFor(() => expect(useConflicts().view).not.toBeNull(), { timeout: 10_000 });
    expect(stateOf(vaultStores())).toContain('Root of everything');
    expect(stateOf(vaultStores())).toContain('plan.pdf');

    forgetting.forgetEverything();

    expect(stateOf(vaultStores())).toBe(fresh);
    expect(await question).toBeNull();
    expect(useList().selectedId).toBeNull();
    expect(useTree().rows).toEqual([]);
  });

  it('drops an answer that was on its way when everything locked', async () => {
    const answer = later<Result<RecordPage>>();
    vi.stubGlobal('strongroom', fakeBridge({ records: { page: () => answer.promise } }).api);
    const list = useList();
    list.showPlace();
    const left = list.view;
    forgetting.forgetEverything();
    answer.resolve(done({ total: 1, rows: [gone] }));
    await answer.promise;
    await Promise.resolve();
    expect(list.view).toBeNull();
    expect(left?.rows.rowAt(0)).toBeUndefined();
  });

  it('knows every store with something to forget', () => {
    vi.stubGlobal('strongroom', fakeBridge({}).api);
    for (const store of vaultStores()) expect(Reflect.get(store, 'forget'), store.$id).toBeTypeOf('function');
    expect(Reflect.get(useEnrolment(), 'forget')).toBeUndefined();
  });
});
