/** The scripted edits: records, folders and the bin change as they would, without a server. */
import type { BinRow } from '../../contract/bin.ts';
import type { Place, RecordChange, SecretChange } from '../../contract/editing.ts';
import type { FieldView, RecordView } from '../../contract/records.ts';
import type { FolderNode } from '../../contract/tree.ts';
import { make, type SampleRecord } from './sample.ts';
import type { Handlers, Stage } from './scripted.ts';

type EditParts = Pick<Handlers, 'editing' | 'bin'>;

const textOf = (change: SecretChange, before: string): string =>
  change.kind === 'keep' ? before : new TextDecoder().decode(change.value);

function customsOf(view: RecordView, change: RecordChange): FieldView[] {
  return (change.customs ?? []).map((custom, index) => {
    const before = view.fields.find(({ ref }) => ref.kind === 'custom' && ref.index === custom.from);
    return {
      ref: { kind: 'custom', index },
      type: custom.type,
      label: textOf(custom.label, before?.label ?? ''),
      empty: custom.value.kind === 'keep' ? (before?.empty ?? true) : custom.value.value.length === 0,
      broken: before?.broken ?? false,
    };
  });
}

/** Roughly what the main process refuses. */
function makesNoCodes({ type, value }: NonNullable<RecordChange['customs']>[number]): boolean {
  if (type !== 'totp' || value.kind !== 'set') return false;
  return !/^(otpauth:.*|[A-Z2-7 =]*)$/i.test(new TextDecoder().decode(value.value));
}

/** Puts the change on the record, as far as the page can see it. */
function apply({ row, view }: SampleRecord, change: RecordChange): void {
  const { name, login, urls, description, tags, color } = change;
  const seen = { name, login, tags, color };
  for (const [key, value] of Object.entries(seen)) {
    if (value === undefined) continue;
    Object.assign(row, { [key]: value });
    Object.assign(view, { [key]: value });
  }
  if (urls) view.urls = urls;
  if (description !== undefined) view.description = description;
  const password = view.fields.filter(({ ref }) => ref.kind === 'password');
  for (const field of password) {
    if (change.password?.kind === 'set') field.empty = change.password.value.length === 0;
  }
  if (change.customs) view.fields = [...password, ...customsOf(view, change)];
  row.pending = true;
  view.pending = true;
}

export function scriptEditing(stage: Stage): EditParts {
  const { sample } = stage;
  let made = 0;
  const chosen = (ids: readonly string[]): SampleRecord[] =>
    sample.records.filter(({ row }) => ids.includes(row.id));
  const changed = <T>(answer: T): T => {
    stage.changed();
    return answer;
  };
  const pathOf = (place: Place): RecordView['path'] => {
    const folders = sample.folders[place.vaultId] ?? [];
    const steps: RecordView['path'] = [];
    for (let id = place.folderId; id !== null;) {
      const folder = folders.find((candidate) => candidate.id === id);
      if (folder) steps.unshift({ id: folder.id, name: folder.name });
      id = folder?.parentId ?? null;
    }
    return steps;
  };
  function create(place: Place, fields: RecordChange): string {
    const id = `made-${++made}`;
    const record = make({ id, name: fields.name ?? '', vaultId: place.vaultId, folderId: place.folderId });
    record.view.path = pathOf(place);
    record.row.place = [record.view.vaultName, ...record.view.path.map(({ name }) => name)];
    apply(record, fields);
    sample.records.unshift(record);
    return id;
  }
  function move(record: SampleRecord, to: Place): void {
    const vault = sample.vaults.find(({ id }) => id === to.vaultId);
    record.folderId = to.folderId;
    Object.assign(record.row, { vaultId: to.vaultId, pending: true });
    Object.assign(record.view, { vaultId: to.vaultId, vaultName: vault?.name ?? '', pending: true });
    record.view.path = pathOf(to);
    record.row.place = [record.view.vaultName, ...record.view.path.map(({ name }) => name)];
  }
  function bin(row: Pick<BinRow, 'id' | 'kind' | 'name' | 'login' | 'recordCount'>, back: () => void): void {
    stage.bin.unshift({
      ...row,
      vaultId: 'infra',
      vaultName: 'Infrastructure',
      place: [],
      deletedAt: Date.now(),
      pending: true,
      restorable: true,
      erasable: false,
    });
    ways.set(row.id, back);
  }
  const ways = new Map<string, () => void>();
  const folderOf = (folderId: string): { list: FolderNode[]; folder: FolderNode } | null => {
    for (const list of Object.values(sample.folders)) {
      const folder = list.find(({ id }) => id === folderId);
      if (folder) return { list, folder };
    }
    return null;
  };
  const onFolder = (folderId: string, change: Partial<FolderNode>) => {
    const found = folderOf(folderId);
    if (!found) return { fails: 'noSuchFolder' as const };
    Object.assign(found.folder, change, { pending: true });
    return changed({});
  };

  return {
    editing: {
      create: ({ place, fields }) =>
        (fields.name ?? '').trim() === ''
          ? { fails: 'nameMissing' }
          : changed({ recordId: create(place, fields) }),
      save: ({ recordId, fields }) => {
        const [record] = chosen([recordId]);
        if (!record) return { fails: 'noSuchRecord' };
        const place = (fields.customs ?? []).findIndex(makesNoCodes);
        if (place >= 0) return { fails: 'badTotp', params: { place } };
        apply(record, fields);
        return changed({});
      },
      move: ({ recordIds, to }) => {
        for (const record of chosen(recordIds)) move(record, to);
        return changed({});
      },
      copy: ({ recordIds, to }) =>
        changed({ recordIds: chosen(recordIds).map(({ row }) => create(to, { name: row.name })) }),
      remove: ({ recordIds }) => {
        for (const record of chosen(recordIds)) {
          const at = sample.records.indexOf(record);
          sample.records.splice(at, 1);
          const { id, name, login } = record.row;
          bin({ id, kind: 'record', name, login, recordCount: 0 }, () =>
            sample.records.splice(at, 0, record),
          );
        }
        return changed({});
      },
      setFavourite: ({ recordIds, favourite }) => {
        for (const { row, view } of chosen(recordIds)) row.favourite = view.favourite = favourite;
        return changed({});
      },
      setColor: ({ recordIds, color }) => {
        for (const record of chosen(recordIds)) apply(record, { color });
        return changed({});
      },
      changeTags: ({ recordIds, add, remove }) => {
        for (const record of chosen(recordIds)) {
          const kept = record.row.tags.filter((tag) => !remove.includes(tag) && !add.includes(tag));
          apply(record, { tags: [...kept, ...add] });
        }
        return changed({});
      },
      createFolder: ({ vaultId, parentId, name }) => {
        const folderId = `folder-${++made}`;
        (sample.folders[vaultId] ??= []).push({
          id: folderId,
          parentId,
          name,
          recordCount: 0,
          childCount: 0,
          pending: true,
        });
        return changed({ folderId });
      },
      renameFolder: ({ folderId, name }) => onFolder(folderId, { name }),
      moveFolder: ({ folderId, parentId }) => onFolder(folderId, { parentId }),
      removeFolder: ({ folderId }) => {
        const found = folderOf(folderId);
        if (!found) return { fails: 'noSuchFolder' };
        const { folder, list } = found;
        list.splice(list.indexOf(folder), 1);
        const { id, name, recordCount } = folder;
        bin({ id, kind: 'folder', name, login: '', recordCount }, () => list.push(folder));
        return changed({});
      },
    },
    bin: {
      page: ({ vaultId, offset, limit }) => {
        const rows = stage.bin.filter((row) => vaultId === null || row.vaultId === vaultId);
        return { total: rows.length, rows: rows.slice(offset, offset + limit) };
      },
      restore: ({ ids }) => {
        for (const id of ids) {
          const at = stage.bin.findIndex((row) => row.id === id);
          if (at >= 0) stage.bin.splice(at, 1);
          ways.get(id)?.();
        }
        return changed({});
      },
      erase: ({ id }) => {
        const at = stage.bin.findIndex((row) => row.id === id);
        if (at >= 0) stage.bin.splice(at, 1);
        return changed({});
      },
    },
  };
}
