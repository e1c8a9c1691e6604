/** What an organisation and its vaults demand of the passwords in records (own addition). */

/** Kinds of characters that may be demanded. */
export const demandedSets = ['lower', 'upper', 'digits', 'symbols'] as const;

/** 0 and an empty list demand nothing. */
export interface PasswordPolicy {
  minimumLength: number;
  requiredSets: (typeof demandedSets)[number][];
  /** Binary logarithm of the number of values that were as likely when the password was made. */
  minimumBits: number;
}

/** Policies as they are sealed with the organisation; a vault without an entry demands nothing. */
export interface PasswordPolicies {
  organisation: PasswordPolicy | null;
  vaults: ({ vaultId: string } & PasswordPolicy)[];
}

export const noPasswordPolicies: PasswordPolicies = { organisation: null, vaults: [] };

export function demandsNothing({ minimumLength, requiredSets, minimumBits }: PasswordPolicy): boolean {
  return minimumLength === 0 && requiredSets.length === 0 && minimumBits === 0;
}
