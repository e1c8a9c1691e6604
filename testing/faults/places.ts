/** A person's hands on folders and on the bin. */
import type { StoredFolder } from '../../main/mirror/model.ts';
import type { BinEntry } from '../../main/mirror/outboxmodel.ts';
import type { Act } from './book.ts';
import type { Hands } from './hands.ts';
import { folderTokens, markersIn, markOfFolder, tokensIn, valuesIn } from './tokens.ts';

function anyFolder(hands: Hands): StoredFolder | null {
  const { mirror } = hands.account;
  const folders = hands.vaultIds().flatMap((id) => mirror.folders.ofVault(id));
  return folders.length === 0 ? null : hands.choices.pick(folders);
}

export async function createFolder(hands: Hands): Promise<boolean> {
  const made = hands.tokens.next('fd');
  const { vaultId, folderId: parentId } = hands.place();
  return hands.act({ kind: 'folder created', made: [made] }, () =>
    hands.app.ask('editing', 'createFolder', { vaultId, parentId, name: `Folder ${made}` }),
  );
}

export async function renameFolder(hands: Hands): Promise<boolean> {
  const folder = anyFolder(hands);
  if (folder === null) return createFolder(hands);
  const typed = hands.tokens.next('zq');
  const name = ['Folder', ...folderTokens(folder.name), typed].join(' ');
  const waiting = hands.account.mirror.outbox
    .ofObject('folder', folder.id)
    .map(({ change }) => (change.kind === 'renameFolder' ? change.name : ''));
  const act = { kind: 'folder renamed', typed: [typed], forgotten: valuesIn([folder.name, ...waiting]) };
  return hands.act(act, () => hands.app.ask('editing', 'renameFolder', { folderId: folder.id, name }));
}

export async function moveFolder(hands: Hands): Promise<boolean> {
  const folder = anyFolder(hands);
  if (folder === null) return createFolder(hands);
  const siblings = hands.account.mirror.folders.ofVault(folder.vaultId).map(({ id }) => id);
  const parentId = hands.choices.pick([null, ...siblings]);
  return hands.act({ kind: 'folder moved' }, () =>
    hands.app.ask('editing', 'moveFolder', { folderId: folder.id, parentId }),
  );
}

export async function removeFolder(hands: Hands): Promise<boolean> {
  const folder = anyFolder(hands);
  if (folder === null) return createFolder(hands);
  const { mirror } = hands.account;
  const ids = new Set(mirror.folders.subtreeIds(folder.id));
  const folders = mirror.folders.ofVault(folder.vaultId).filter(({ id }) => ids.has(id));
  const records = hands.records().filter(({ folderId }) => folderId !== null && ids.has(folderId));
  const unsent = folders.filter(({ serverId }) => serverId === '').map(({ name }) => name);
  const leaving = await hands.leaving(records);
  const act: Act = {
    kind: 'folder removed',
    ...leaving,
    replaced: [...leaving.replaced, ...valuesIn(unsent)],
    removed: [
      ...leaving.removed,
      ...folders.map((each) => ({
        object: markOfFolder(each),
        values: valuesIn([each.name]),
        within: hands.foldersAbove(each.parentId),
      })),
    ],
    unmade: [...leaving.unmade, ...unsent.flatMap(folderTokens)],
  };
  return hands.act(act, () => hands.app.ask('editing', 'removeFolder', { folderId: folder.id }));
}

/** Puts something back from the bin. */
export async function restore(hands: Hands): Promise<boolean> {
  const { mirror } = hands.account;
  const entries = hands.vaultIds().flatMap((id) => mirror.bin.ofVault(id));
  const tops = entries.filter(({ under }) => under === null);
  if (tops.length === 0) return hands.create();
  const entry = hands.choices.pick(tops);
  const coming = [entry, ...mirror.bin.under(entry.id)];
  return hands.act({ kind: `${entry.kind} restored`, ...(await returning(hands, coming)) }, () =>
    hands.app.ask('bin', 'restore', { ids: [entry.id] }),
  );
}

/** What was never sent counts again from the moment it is put back. */
async function returning(hands: Hands, entries: readonly BinEntry[]): Promise<Pick<Act, 'typed' | 'made'>> {
  const texts: string[] = [];
  for (const { record, folder } of entries) {
    if (folder?.serverId === '') texts.push(folder.name);
    if (record?.serverId === '') texts.push(...(await hands.textsOf(record)));
  }
  return { typed: valuesIn(texts), made: [...markersIn(tokensIn(texts)), ...texts.flatMap(folderTokens)] };
}
