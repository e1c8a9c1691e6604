/** What an administrator can do to the person that is open, each with its question. */
import {
  KeyRound,
  LockKeyholeOpen,
  Pencil,
  ShieldOff,
  Trash2,
  UserRoundCheck,
  UserRoundX,
  Vault,
} from '@lucide/vue';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import type { MenuAction } from '../../ui/menuActions.ts';
import { useQuestions } from '../../ui/questions.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useAdministration } from '../administration/administration.ts';
import { usePeople } from './people.ts';

export type PersonDeed =
  | 'rename'
  | 'address'
  | 'block'
  | 'unblock'
  | 'unlock'
  | 'setPassword'
  | 'resetTwoFactor'
  | 'resetMaster'
  | 'remove';
/** What may cost vaults, and has a dialog of its own. */
export type LosingDeed = 'resetMaster' | 'remove';

export function usePersonDeeds() {
  const { t } = useI18n();
  const format = useFormat();
  const people = usePeople();
  const questions = useQuestions();
  const toasts = useToasts();
  const administration = useAdministration();
  const losing = ref<LosingDeed | null>(null);

  const actions = computed((): MenuAction<PersonDeed>[] => {
    const person = people.open;
    if (person === null) return [];
    const manages = administration.may('users:manage') && !person.self;
    const offered = (feature: string) => manages && administration.offers(feature);
    const resets =
      administration.may('users:resetMasterPassword') &&
      administration.offers('masterPasswordReset') &&
      !person.self;
    const blocking: MenuAction<PersonDeed> = person.blocked
      ? { id: 'unblock', text: t('team.people.unblock'), icon: UserRoundCheck, apart: true }
      : { id: 'block', text: t('team.people.block'), icon: UserRoundX, apart: true };
    return [
      ...when(manages, { id: 'rename', text: t('team.people.renameDeed'), icon: Pencil }),
      ...when(manages, { id: 'address', text: t('team.people.addressDeed'), icon: Pencil }),
      ...when(offered('userPasswords'), {
        ...{ id: 'setPassword', text: t('team.people.setPassword'), icon: KeyRound, apart: true },
      }),
      ...when(offered('userPasswords'), {
        ...{ id: 'unlock', text: t('team.people.unlock'), icon: LockKeyholeOpen },
      }),
      ...when(offered('twoFactor'), {
        ...{ id: 'resetTwoFactor', text: t('team.people.resetTwoFactor'), icon: ShieldOff },
      }),
      ...when(resets, {
        ...{ id: 'resetMaster', text: t('team.people.resetMaster'), icon: Vault },
        blocked: person.hasKeys ? null : t('errors.masterPasswordUnset'),
      }),
      ...when(manages, blocking),
      ...when(manages, { id: 'remove', text: t('team.people.remove'), icon: Trash2, danger: true }),
    ];
  });

  /** Says what came of it. */
  function tell(failure: Failure | null): void {
    if (failure) toasts.say('bad', format.failure(failure));
    else toasts.say('info', t('team.people.done'));
  }

  async function change(member: 'fullName' | 'email'): Promise<void> {
    const person = people.open;
    if (person === null) return;
    const { id: userId, fullName, email } = person;
    const label = t(`team.people.${member}`);
    const input = { label, value: person[member], maxlength: 255 };
    const title = t(member === 'fullName' ? 'team.people.renameTitle' : 'team.people.addressTitle');
    const answer = await questions.ask({ title, text: '', confirm: t('team.save'), input });
    if (!answer) return;
    tell(await people.act(bridge().people.update({ ...{ userId, fullName, email }, [member]: answer.text })));
  }

  async function ask(deed: 'block' | 'setPassword' | 'resetTwoFactor', name: string): Promise<boolean> {
    return questions.confirm({
      title: t(`team.people.${deed}Title`, { name }),
      text: t(`team.people.${deed}Text`),
      confirm: t(`team.people.${deed}Yes`),
      danger: deed !== 'setPassword',
    });
  }

  async function setPassword(userId: string, who: string): Promise<void> {
    const answer = await bridge().people.setPassword({ userId });
    if (answer.ok) people.offered = { ...answer.value, kind: 'password', who, expiresAt: null };
    else tell(answer.error);
  }

  async function act(deed: PersonDeed): Promise<void> {
    const person = people.open;
    if (person === null) return;
    const { id: userId } = person;
    const name = person.fullName || person.login;
    if (deed === 'rename') return change('fullName');
    if (deed === 'address') return change('email');
    if (deed === 'remove' || deed === 'resetMaster') return void (losing.value = deed);
    if (deed === 'unlock') return tell(await people.act(bridge().people.unlock({ userId })));
    if (deed === 'unblock') {
      return tell(await people.act(bridge().people.setBlocked({ userId, blocked: false })));
    }
    if (!(await ask(deed, name))) return;
    if (deed === 'setPassword') return setPassword(userId, name);
    if (deed === 'block') {
      return tell(await people.act(bridge().people.setBlocked({ userId, blocked: true })));
    }
    tell(await people.act(bridge().people.resetTwoFactor({ userId })));
  }

  async function giveRole(roleId: string): Promise<void> {
    const userId = people.openId;
    if (userId !== null) tell(await people.act(bridge().people.setRole({ userId, roleId })));
  }

  return { actions, losing, act, giveRole };
}

function when(offered: boolean, action: MenuAction<PersonDeed>): MenuAction<PersonDeed>[] {
  return offered ? [action] : [];
}
