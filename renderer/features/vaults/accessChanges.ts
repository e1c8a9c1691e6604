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

  /** Whether letting a person in means handing the vault key to them. */
  function needsKey({ hasKey }: Pick<PersonAccess, 'hasKey'>): boolean {
    return session.current?.clientSideEncryption === true && !hasKey;
  }

  async function done(asking: Promise<Result<unknown>>): Promise<boolean> {
    const answer = await asking;
    if (!answer.ok) toasts.say('bad', format.failure(answer.error));
    return answer.ok;
  }

  function setPerson(
    { userId }: Pick<PersonAccess, 'userId'>,
    access: VaultAccessLevel | 'notSet',
    fingerprint: string | null,
  ): Promise<boolean> {
    return done(bridge().vaultAdmin.setPerson({ ...place, userId, access, fingerprint }));
  }

  function setGroup(
    { groupId }: Pick<GroupAccess, 'groupId'>,
    access: VaultAccessLevel | 'notSet',
  ): Promise<boolean> {
    return done(bridge().vaultAdmin.setGroup({ ...place, groupId, access }));
  }

  async function removePerson(person: PersonAccess): Promise<boolean> {
    const { name } = person;
    const sure = await questions.confirm({
      title: t('vaults.removePersonTitle', { name }),
      text: t('vaults.removePersonText', { name, place: placeName }),
      confirm: t('vaults.takeAway'),
      danger: true,
    });
    if (!sure || !(await setPerson(person, 'notSet', null))) return false;
    const keptKey = session.current?.clientSideEncryption === true && person.hasKey;
    if (keptKey && (await isShutOut(person.userId))) await offerNewKey(name);
    return true;
  }

  /** Whoever had the key may have kept it; only another key shuts them out for certain. */
  async function offerNewKey(name: string): Promise<void> {
    if (!administration.offers('vaultRekey')) return toasts.say('info', t('vaults.keyMayBeKept', { name }));
    const wanted = await questions.confirm({
      title: t('vaults.rekeyTitle'),
      text: t('vaults.rekeyText', { name }),
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
