/** The vaults and folders of the made-up organisation, one vault for each state of trust. */
import type { FolderNode, VaultNode } from '../../contract/tree.ts';

type VaultDraft = Pick<VaultNode, 'id' | 'name' | 'kind'> & Partial<VaultNode>;

function vault(draft: VaultDraft): VaultNode {
  const open = draft.trust !== 'keyMissing' && draft.trust !== 'keyChanged' && draft.writable !== false;
  return {
    recordCount: 0,
    folderCount: 0,
    trust: 'verified',
    writable: open,
    hidden: false,
    can: {
      addRecords: open,
      editFolders: open,
      export: open,
      seeAccess: open,
      manageAccess: open,
      remove: open,
      leave: open,
    },
    ...draft,
  };
}

export const vaultDrafts: readonly VaultNode[] = [
  vault({ id: 'infra', name: 'Infrastructure', kind: 'corporate', recordCount: 184, folderCount: 5 }),
  vault({ id: 'finance', name: 'Finance', kind: 'corporate', recordCount: 37 }),
  vault({
    id: 'marketing',
    name: 'Marketing',
    kind: 'corporate',
    recordCount: 52,
    trust: 'unverified',
    folderCount: 1,
  }),
  vault({ id: 'contractors', name: 'Подрядчики', kind: 'corporate', recordCount: 18, trust: 'keyMissing' }),
  vault({ id: 'field', name: 'Field offices', kind: 'corporate', recordCount: 9, trust: 'keyChanged' }),
  vault({
    id: 'archive',
    name: 'Archive of everything since 2009',
    kind: 'corporate',
    recordCount: 3086,
    writable: false,
  }),
  vault({ id: 'anna', name: 'Anna Orlova', kind: 'personal', recordCount: 26, writable: true }),
];

function folder(
  id: string,
  parentId: string | null,
  name: string,
  recordCount: number,
  childCount = 0,
  pending = false,
): FolderNode {
  return { id, parentId, name, recordCount, childCount, pending };
}

export const folderDrafts: Readonly<Record<string, readonly FolderNode[]>> = {
  infra: [
    folder('production', null, 'production', 61, 2),
    folder('databases', 'production', 'databases', 23),
    folder('network', 'production', 'network', 17),
    folder('staging', null, 'staging', 40, 1),
    folder('k8s', 'staging', 'kubernetes', 12, 0, true),
  ],
  marketing: [folder('campaigns', null, 'Campaigns and a folder with a rather long name', 20)],
};

/** The way down to a folder, outermost first. */
export const way: Readonly<Record<string, readonly { id: string; name: string }[]>> = {
  databases: [
    { id: 'production', name: 'production' },
    { id: 'databases', name: 'databases' },
  ],
  network: [
    { id: 'production', name: 'production' },
    { id: 'network', name: 'network' },
  ],
};
