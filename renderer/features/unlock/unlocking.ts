/** Opening the locked door: which account, the attempt, and what went wrong. Both doors use it. */
import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { useSession } from './session.ts';

/** The field that the secret is typed into. */
export interface SecretSource {
  readonly take: () => Uint8Array<ArrayBuffer>;
}

export function useUnlocking() {
  const { t } = useI18n();
  const format = useFormat();
  const session = useSession();

  /** The account that was shown last, else the first that no later copy has taken the place of. */
  const firstPick = (): string => {
    const accounts = session.accounts ?? [];
    const shown = accounts.find(({ id }) => id === session.lastShownId);
    return (shown ?? accounts.find(({ former }) => !former) ?? accounts[0])?.id ?? '';
  };
  const accountId = ref(firstPick());
  const account = computed(() => session.accounts?.find(({ id }) => id === accountId.value) ?? null);
  const failure = ref<Failure | null>(null);
  const busy = ref(false);

  const secretName = computed(() =>
    account.value?.clientSideEncryption === false ? t('unlock.devicePassphrase') : t('unlock.masterPassword'),
  );
  const error = computed(() => {
    if (!failure.value) return null;
    if (failure.value.code !== 'wrongMasterPassword') return format.failure(failure.value);
    return account.value?.clientSideEncryption === false
      ? t('unlock.wrongPassphrase')
      : t('errors.wrongMasterPassword');
  });

  /** True when it opened; the field is empty either way. */
  async function unlock(field: SecretSource): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failure.value = null;
    const answer = await bridge().session.unlock({ accountId: accountId.value, secret: field.take() });
    busy.value = false;
    if (!answer.ok) {
      failure.value = answer.error;
      return false;
    }
    await session.load();
    return true;
  }

  /** An account that was removed meanwhile cannot stay picked. */
  watch(
    () => session.accounts,
    (accounts) => {
      if (accounts && !accounts.some(({ id }) => id === accountId.value)) accountId.value = firstPick();
    },
  );

  return { accountId, account, failure, busy, secretName, error, unlock };
}
