/** Levels of access, and where an access comes from, in words. */
import type {
  AccessSource,
  CreatableType,
  GroupAccess,
  VaultAccessLevel,
} from '../../../contract/vaultadmin.ts';
import { vaultAccessLevels } from '../../../contract/vaultadmin.ts';
import { i18n } from '../../app/i18n.ts';

export function useVaultWords() {
  const { t } = i18n.global;

  const level = (of: VaultAccessLevel): string => t(`vaults.level.${of}`);

  /** The levels as something to choose from; what each lets do beside it. */
  const levels = (): { value: VaultAccessLevel; text: string; detail: string }[] =>
    vaultAccessLevels.map((value) => ({ value, text: level(value), detail: t(`vaults.levelText.${value}`) }));

  function place({ where, folderName }: Pick<AccessSource, 'where' | 'folderName'>): string {
    if (where === 'here') return '';
    return where === 'vault' ? t('vaults.source.vault') : t('vaults.source.folder', { name: folderName });
  }

  /** Why somebody has their access: "Added here", "Through Night shift, from the vault". */
  function source(of: AccessSource): string {
    if (of.kind === 'none') return t('vaults.source.none');
    if (of.kind === 'type') return t('vaults.source.type');
    const from = place(of);
    if (of.kind === 'person') return from || t('vaults.source.person');
    const through = t('vaults.source.group', { groups: of.groups.join(', ') });
    return from === '' ? through : `${through} · ${from}`;
  }

  const groupSource = (of: GroupAccess['source']): string => place(of) || t('vaults.source.person');

  /** Built-in types have names in each language; an organisation's own have the one it gave them. */
  function typeName({ code, name }: Pick<CreatableType, 'code' | 'name'>): string {
    if (code === 'company') return t('vaults.type.company');
    return code === 'privateShared' ? t('vaults.type.privateShared') : name;
  }

  return { level, levels, source, groupSource, typeName };
}
