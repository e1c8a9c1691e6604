/**
 * The generator as a person uses it: under the rules of the server and of the vault that the
 * value is for, with what was made kept for an hour.
 */
import type {
  GeneratedValue,
  GeneratorWishes,
  KeptValue,
  PasswordRule,
  RuleSource,
} from '../../../contract/generator.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import { rulesOf, type PasswordPolicy } from '../../strength/index.ts';
import { passwordPoliciesOf } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { ClipboardPort, Copied } from '../reading/copying.ts';
import { brokenBy, drawValue } from './drawing.ts';

export interface GeneratingOptions {
  readonly current: () => OpenAccount;
  readonly clipboard: ClipboardPort;
}

export class Generating {
  readonly #options: GeneratingOptions;

  constructor(options: GeneratingOptions) {
    this.#options = options;
  }

  /** What passwords have to keep there; null stands for no particular vault. Throws `noSuchVault`. */
  rules(vaultId: string | null): PasswordRule[] {
    const { mirror } = this.#options.current();
    const { organisation, vaults } = passwordPoliciesOf(mirror);
    const vault = vaultId === null ? null : mirror.vaults.get(vaultId);
    if (vaultId !== null && vault === null) throw new StrongroomError('noSuchVault');
    const own = vaults.find((policy) => policy.vaultId === vault?.serverId);
    return strictest([
      ...(organisation ? toldBy(organisation, 'server') : []),
      ...(own ? toldBy(own, 'vault') : []),
    ]);
  }

  /** One value, kept from now on, or why there is none. Throws `noSuchVault`, disk codes. */
  generate(vaultId: string | null, wishes: GeneratorWishes): GeneratedValue {
    const made = drawValue(wishes, this.rules(vaultId));
    if (!made.ok) return made;
    return { ...made, id: this.#options.current().madeValues.keep(wishes.kind, made.text) };
  }

  /** The rules that a typed value breaks; its bytes are wiped. Throws `noSuchVault`. */
  check(vaultId: string | null, value: Uint8Array): PasswordRule[] {
    try {
      return brokenBy(
        Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8'),
        this.rules(vaultId),
      );
    } finally {
      wipe(value);
    }
  }

  /** What was made within the last hour, newest first. */
  kept(): KeptValue[] {
    return this.#options.current().madeValues.list();
  }

  /** Throws `noSuchField` when its hour is over. */
  async copyKept(id: string): Promise<Copied> {
    const value = this.#options.current().madeValues.open(id);
    try {
      return await this.#options.clipboard.write(value.toString('utf8'));
    } finally {
      wipe(value);
    }
  }

  forgetKept(): void {
    this.#options.current().madeValues.clear();
  }
}

function toldBy(policy: PasswordPolicy, from: RuleSource): PasswordRule[] {
  return rulesOf(policy).map((rule) => ({ ...rule, from }));
}

/** Of rules about the same the one that asks for more; the server's where both ask for the same. */
function strictest(all: readonly PasswordRule[]): PasswordRule[] {
  const kept = new Map<string, PasswordRule>();
  for (const rule of all) {
    const about = rule.kind === 'set' ? `set ${rule.set}` : rule.kind;
    const before = kept.get(about);
    if (before === undefined || least(rule) > least(before)) kept.set(about, rule);
  }
  return [...kept.values()];
}

const least = (rule: PasswordRule): number => (rule.kind === 'set' ? 1 : rule.least);
