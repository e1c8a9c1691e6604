// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { VaultNode } from '../../../contract/tree.ts';
import { useAdministration } from '../administration/administration.ts';
import type { PlaceItem } from '../tree/rows.ts';
import { useVaultAdmin } from './vaultAdmin.ts';
import { useVaultMenu } from './vaultMenu.ts';

const vault = (all: boolean, change: Partial<VaultNode['can']> = {}): VaultNode => ({
  ...{ id: 'v', name: 'Vault', kind: 'corporate', recordCount: 3, folderCount: 1, trust: 'verified' },
  ...{ writable: all, hidden: false },
  can: {
    ...{ addRecords: all, editFolders: all, export: all, seeAccess: all, manageAccess: all },
    ...{ remove: all, leave: true, ...change },
  },
});
const line = (of: VaultNode): PlaceItem => ({
  ...{ kind: 'vault', key: of.id, level: 1, position: 1, siblings: 1, expandable: true, expanded: false },
  vault: of,
});
const folderLine: PlaceItem = {
  ...{ kind: 'folder', key: 'f', level: 2, position: 1, siblings: 1, expandable: false, expanded: false },
  ...{ vaultId: 'v' },
  folder: { id: 'f', parentId: null, name: 'Folder', recordCount: 0, childCount: 0, pending: false },
};
const everything = [
  ...['vaultAccess', 'accessExplained', 'vaultDescription', 'vaultRekey', 'vaultVisibility'],
  ...['vaultLeave', 'vaultBin'],
];
let features: string[];

beforeEach(() => {
  setActivePinia(createPinia());
  features = everything;
  const { api } = fakeBridge({
    administration: { overview: () => done({ parts: [], permissions: [], features }) },
  });
  vi.stubGlobal('strongroom', api);
});

async function menuOf(of: VaultNode, item: PlaceItem): Promise<Record<string, boolean>> {
  await useAdministration().load();
  const actions = useVaultMenu().actions(of, item, undefined);
  return Object.fromEntries(
    actions.map(({ id, blocked }) => [id, blocked === null || blocked === undefined]),
  );
}

describe('the menu of a vault', () => {
  it('offers everything to its administrator', async () => {
    expect(await menuOf(vault(true), line(vault(true)))).toEqual({
      ...{ access: true, properties: true, rekey: true, hide: true, leave: true, removeVault: true },
    });
  });

  it('says to a reader what they may not do', async () => {
    expect(await menuOf(vault(false), line(vault(false)))).toEqual({
      ...{ access: false, properties: false, rekey: false, hide: true, leave: true, removeVault: false },
    });
  });

  it('leaves out what the server does not offer', async () => {
    features = ['vaultAccess', 'vaultLeave'];
    expect(await menuOf(vault(true), line(vault(true)))).toEqual({ leave: true });
  });

  it('leads from a folder to the access of that folder, also where only the server knows the right', async () => {
    expect(await menuOf(vault(false), folderLine)).toEqual({ access: false });
    const outside = vault(false, { leave: false });
    expect(await menuOf(outside, folderLine)).toEqual({ access: true });
    useVaultMenu().act('access', outside, folderLine);
    expect(useVaultAdmin().dialog).toEqual({
      ...{ kind: 'access', place: { vaultId: 'v', folderId: 'f' }, name: 'Folder' },
    });
  });
});
