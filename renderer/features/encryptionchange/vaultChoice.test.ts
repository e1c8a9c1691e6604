import { shallowRef } from 'vue';
import { describe, expect, it } from 'vitest';
import type { ConvertedVault } from '../../../contract/encryptionchange.ts';
import { useVaultChoice } from './vaultChoice.ts';

const vault = (vaultId: string, startedBy: string | null, isReady = false): ConvertedVault => ({
  ...{ vaultId, name: vaultId, isInBin: false, startedBy, done: 0, total: 1, isReady },
});
const vaults = [
  vault('fresh', null),
  vault('mine', 'Anna'),
  vault('theirs', 'Boris'),
  vault('ready', 'Anna', true),
];

describe('the vaults that are converted from here', () => {
  it('are all that are not ready, but not what somebody else has begun', () => {
    const choice = useVaultChoice(shallowRef(vaults), () => ['Anna']);
    expect(choice.open.value.map(({ vaultId }) => vaultId)).toEqual(['fresh', 'mine', 'theirs']);
    expect(choice.vaultIds.value).toEqual(['fresh', 'mine']);
  });

  it('are chosen by hand, also from somebody else', () => {
    const choice = useVaultChoice(shallowRef(vaults), () => ['Anna']);
    const [fresh, , theirs] = vaults;
    if (!fresh || !theirs) throw new Error('The sample is shorter than expected.');
    choice.choose(theirs, true);
    choice.choose(theirs, true);
    choice.choose(fresh, false);
    expect(choice.vaultIds.value).toEqual(['mine', 'theirs']);
    choice.choose(theirs, false);
    expect(choice.vaultIds.value).toEqual(['mine']);
  });

  it('are all where going on throws nothing away, and a choice outlives another reading', () => {
    const told = shallowRef<readonly ConvertedVault[]>(vaults);
    const choice = useVaultChoice(told, () => null);
    expect(choice.vaultIds.value).toEqual(['fresh', 'mine', 'theirs']);
    const [fresh] = vaults;
    if (!fresh) throw new Error('The sample is shorter than expected.');
    choice.choose(fresh, false);
    told.value = vaults.map((each) => ({ ...each, done: 1 }));
    expect(choice.vaultIds.value).toEqual(['mine', 'theirs']);
  });
});
