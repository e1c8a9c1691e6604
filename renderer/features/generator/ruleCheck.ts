/**
 * Holds what is typed into a field against the rules of its vault, a moment after the typing
 * stops. It warns and never stands in the way: what was typed may be a password that exists.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { PasswordRule } from '../../../contract/generator.ts';
import { bridge } from '../../app/bridge.ts';

const restMs = 400;

export interface RuleCheck {
  /** The rules that the text breaks; empty while it is empty or was not looked at yet. */
  readonly broken: Readonly<ShallowRef<readonly PasswordRule[]>>;
  /** Looks at a text (UTF-8) after a moment; the bytes are asked for only then, and overwritten. */
  readonly look: (bytes: () => Uint8Array<ArrayBuffer>) => void;
  readonly forget: () => void;
}

export function useRuleCheck(vaultId: () => string | null): RuleCheck {
  const broken = shallowRef<readonly PasswordRule[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  function forget(): void {
    asked += 1;
    clearTimeout(timer);
    broken.value = [];
  }

  async function ask(bytes: () => Uint8Array<ArrayBuffer>): Promise<void> {
    const mine = (asked += 1);
    const value = bytes();
    try {
      if (value.length === 0) return forget();
      const answer = await bridge().generator.check({ vaultId: vaultId(), value });
      // Rules that cannot be asked for warn of nothing; saving tells what is wrong with the account.
      if (mine === asked) broken.value = answer.ok ? answer.value.broken : [];
    } finally {
      value.fill(0);
    }
  }

  function look(bytes: () => Uint8Array<ArrayBuffer>): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(bytes), restMs);
  }

  onScopeDispose(forget);
  return { broken, look, forget };
}
