/** Signing a list: who would go in, the vault it goes to, and what came of it. */
import { computed, ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import type { RosterProposal } from '../../../contract/roster.ts';
import { bridge } from '../../app/bridge.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useTree } from '../tree/tree.ts';

export function useSigning() {
  const { t } = useI18n();
  const tree = useTree();
  const toasts = useToasts();
  const proposal = shallowRef<RosterProposal | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const busy = ref(false);
  /** Empty while there is no vault to choose. */
  const vaultId = ref('');

  /** Vaults that a record may be put into. */
  const vaults = computed(() =>
    (tree.overview?.vaults ?? [])
      .filter(({ can, hidden }) => can.addRecords && !hidden)
      .map(({ id, name }) => ({ value: id, text: name })),
  );
  const vaultName = computed(
    () => proposal.value?.last?.vaultName ?? vaults.value.find(({ value }) => value === vaultId.value)?.text,
  );

  async function load(): Promise<void> {
    const answer = await bridge().roster.propose({});
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    proposal.value = answer.value;
    vaultId.value = answer.value.last?.vaultId ?? vaults.value[0]?.value ?? '';
  }

  /** True when it was signed. */
  async function sign(): Promise<boolean> {
    if (vaultId.value === '' || busy.value) return false;
    busy.value = true;
    const recordName = proposal.value?.last?.recordName || t('roster.recordName');
    const answer = await bridge().roster.sign({ vaultId: vaultId.value, recordName });
    busy.value = false;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) toasts.say('info', t('roster.signed', { vault: vaultName.value ?? '' }));
    return answer.ok;
  }

  return { proposal, vaults, vaultId, vaultName, failure, busy, load, sign };
}
