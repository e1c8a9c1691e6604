/** The part of the tree's menu that is about the vault itself and who may enter the place. */
import { EyeOff, KeyRound, LogOut, ShieldAlert, SlidersHorizontal, Trash2, Users } from '@lucide/vue';
import type { VaultNode } from '../../../contract/tree.ts';
import { i18n } from '../../app/i18n.ts';
import type { MenuAction } from '../../ui/menuActions.ts';
import { useAdministration } from '../administration/administration.ts';
import { useRekeying } from '../rekeying/rekeying.ts';
import type { PlaceItem } from '../tree/rows.ts';
import { useVaultActions } from './vaultActions.ts';
import { useVaultAdmin } from './vaultAdmin.ts';

const vaultDeeds = ['access', 'rekey', 'decideKey', 'properties', 'hide', 'leave', 'removeVault'] as const;
export type VaultDeed = (typeof vaultDeeds)[number];

export function isVaultDeed(deed: string): deed is VaultDeed {
  return vaultDeeds.some((each) => each === deed);
}

export function useVaultMenu() {
  const { t } = i18n.global;
  const administration = useAdministration();
  const vaults = useVaultAdmin();
  const doing = useVaultActions();
  const rekeying = useRekeying();

  /** Who has a folder alone is not told what they may there, so only the server can refuse. */
  function accessBar(vault: VaultNode, item: PlaceItem): string | null {
    const unknown = item.kind === 'folder' && !vault.can.leave;
    return vault.can.seeAccess || unknown ? null : t('vaults.barred.access');
  }

  const access = (vault: VaultNode, item: PlaceItem): MenuAction<VaultDeed> => ({
    ...{ id: 'access', text: t('vaults.access'), icon: Users, apart: true },
    blocked: accessBar(vault, item),
  });

  /** Each stands only where the server offers it, and says why when a right forbids it. */
  function ofVault(vault: VaultNode, removeKeys: string | undefined): MenuAction<VaultDeed>[] {
    const all: readonly (readonly [string, MenuAction<VaultDeed>])[] = [
      [
        'vaultDescription',
        {
          ...{ id: 'properties', text: t('vaults.properties'), icon: SlidersHorizontal },
          apart: !vaults.offersAccess(),
          blocked: vault.can.editFolders || vault.can.manageAccess ? null : t('vaults.barred.properties'),
        },
      ],
      ['vaultVisibility', { id: 'hide', text: t('vaults.hide'), icon: EyeOff }],
      [
        'vaultLeave',
        {
          ...{ id: 'leave', text: t('vaults.leave'), icon: LogOut },
          blocked: vault.can.leave ? null : t('vaults.barred.leave'),
        },
      ],
      [
        'vaultBin',
        {
          ...{ id: 'removeVault', text: t('vaults.remove'), icon: Trash2, keys: removeKeys, danger: true },
          blocked: vault.can.remove ? null : t('vaults.barred.remove'),
        },
      ],
    ];
    return all.filter(([feature]) => administration.offers(feature)).map(([, action]) => action);
  }

  /** A changed key is decided about by whoever reads the vault; only administrators change one. */
  function ofKey(vault: VaultNode): MenuAction<VaultDeed>[] {
    if (vault.trust === 'keyChanged') {
      return [{ id: 'decideKey', text: t('rekeying.menuDecide'), icon: ShieldAlert, blocked: null }];
    }
    if (!administration.offers('vaultRekey')) return [];
    const blocked = vault.can.manageAccess ? null : t('rekeying.barred');
    return [{ id: 'rekey', text: t('rekeying.menu'), icon: KeyRound, blocked }];
  }

  /** What stands in the menu of a vault or folder. */
  function actions(
    vault: VaultNode,
    item: PlaceItem,
    removeKeys: string | undefined,
  ): MenuAction<VaultDeed>[] {
    return [
      ...(vaults.offersAccess() ? [access(vault, item)] : []),
      ...(item.kind === 'vault' ? [...ofKey(vault), ...ofVault(vault, removeKeys)] : []),
    ];
  }

  function act(deed: VaultDeed, vault: VaultNode, item: PlaceItem): void {
    if (deed === 'access') {
      const folderId = item.kind === 'folder' ? item.key : null;
      const name = item.kind === 'folder' ? item.folder.name : vault.name;
      vaults.show({ kind: 'access', place: { vaultId: vault.id, folderId }, name });
    } else if (deed === 'rekey') rekeying.show({ kind: 'rekey', vaultId: vault.id, vaultName: vault.name });
    else if (deed === 'decideKey') {
      rekeying.show({ kind: 'decide', vaultId: vault.id, vaultName: vault.name });
    } else if (deed === 'properties') vaults.show({ kind: 'properties', vaultId: vault.id });
    else if (deed === 'hide') void doing.hide(vault);
    else if (deed === 'leave') void doing.leave(vault);
    else void doing.remove(vault);
  }

  return { actions, act };
}
