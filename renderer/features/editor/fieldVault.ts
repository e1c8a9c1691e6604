/** Which vault the record of a form lies in, told to the fields inside it: its rules hold for them. */
import { inject, type InjectionKey, provide } from 'vue';

type VaultOf = () => string | null;

const key: InjectionKey<VaultOf> = Symbol('vault of the form');

export function provideFieldVault(vaultOf: VaultOf): void {
  provide(key, vaultOf);
}

/** Null inside no form, and for a record that lies in no vault yet. */
export function useFieldVault(): VaultOf {
  return inject(key, () => null);
}
