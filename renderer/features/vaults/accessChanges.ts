/** Changing who may enter a place; what goes wrong is said where it was tried. */
import type { Result } from '../../../contract/index.ts';
import type {
  AccessPlace,
  GroupAccess,
  PersonAccess,
  VaultAccessLevel,
} from '../../../contract/vaultadmin.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useAdministration } from '../administration/administration.ts';
import { useRekeying } from '../rekeying/rekeying.ts';
import { useTree } from '../tree/tree.ts';
import { useSession } from '../unlock/session.ts';
import { useVaultAdmin } from './vaultAdmin.ts';

export function useAccessChanges(place: AccessPlace, placeName: string) {
  const { t } = i18n.global;
  const format = useFormat();
  const questions = useQuestions();
  const toasts = useToasts();
  const session = useSession();
  const administration = useAdministration();
  const rekeying = useRekeying();
  const tree = useTree();
  const vaults = useVaultAdmin();

  const isEncrypted = (): boolean => session.current?.clientSideEncryption === true;

  /** Whether letting a person in means handing the vault key to them. */
  function needsKey({ hasKey }: Pick<PersonAccess, 'hasKey'>): boolean {
    return isEncrypted() && !hasKey;
  }

  async function done(asking: Promise<Result<unknown>>): Promise<boolean> {
    const answer = await asking;
    if (!answer.ok) toasts.say('bad', format.failure(answer.error));
    return answer.ok;
  }

  /** Shutting somebody out who had the key leads on to the offer of another one. */
  async function setPerson(
    person: Pick<PersonAccess, 'userId' | 'name' | 'hasKey'>,
    access: VaultAccessLevel | 'notSet',
    fingerprint: string | null,
  ): Promise<boolean> {
    const { userId, name } = person;
    if (!(await done(bridge().vaultAdmin.setPerson({ ...place, userId, access, fingerprint })))) return false;
    const mayBeOut = access === 'forbidden' || access === 'notSet';
    if (mayBeOut && isEncrypted() && person.hasKey && (await isShutOut(userId))) {
      await offerNewKey('rekeyText', 'keyMayBeKept', name);
    }
    return true;
  }

  /** The key of a vault may have been kept by any member, so another one is offered as well. */
  async function setGroup(
    { groupId, name }: Pick<GroupAccess, 'groupId' | 'name'>,
    access: VaultAccessLevel | 'notSet',
  ): Promise<boolean> {
    if (!(await done(bridge().vaultAdmin.setGroup({ ...place, groupId, access })))) return false;
    const mayBeOut = access === 'forbidden' || access === 'notSet';
    if (mayBeOut && isEncrypted()) await offerNewKey('rekeyGroupText', 'groupMayKeepKey', name);
    return true;
  }

  async function removePerson(person: PersonAccess): Promise<boolean> {
    const { name } = person;
    const sure = await questions.confirm({
      title: t('vaults.removePersonTitle', { name }),
      text: t('vaults.removePersonText', { name, place: placeName }),
      confirm: t('vaults.takeAway'),
      danger: true,
    });
    return sure && setPerson(person, 'notSet', null);
  }

  /** Whoever had the key may have kept it; only another key shuts them out for certain. */
  async function offerNewKey(
    text: 'rekeyText' | 'rekeyGroupText',
    unoffered: 'keyMayBeKept' | 'groupMayKeepKey',
    name: string,
  ): Promise<void> {
    if (!administration.offers('vaultRekey')) return toasts.say('info', t(`vaults.${unoffered}`, { name }));
    const wanted = await questions.confirm({
      title: t('vaults.rekeyTitle'),
      text: t(`vaults.${text}`, { name }),
      confirm: t('rekeying.menu'),
      cancel: t('vaults.rekeyLater'),
    });
    const { vaultId } = place;
    const vault = tree.overview?.vaults.find(({ id }) => id === vaultId);
    if (!wanted || !vault) return;
    vaults.close();
    rekeying.show({ kind: 'rekey', vaultId, vaultName: vault.name });
  }

  /** Somebody may still come in through a group, or into a folder. */
  async function isShutOut(userId: string): Promise<boolean> {
    const answer = await bridge().vaultAdmin.person({ ...place, folderId: null, userId });
    return answer.ok && answer.value.access === 'forbidden';
  }

  async function removeGroup(group: GroupAccess): Promise<boolean> {
    const { name } = group;
    const sure = await questions.confirm({
      title: t('vaults.removeGroupTitle', { name }),
      text: t('vaults.removeGroupText', { name, place: placeName }),
      confirm: t('vaults.takeAway'),
      danger: true,
    });
    return sure && setGroup(group, 'notSet');
  }

  return { needsKey, setPerson, setGroup, removePerson, removeGroup };
}
