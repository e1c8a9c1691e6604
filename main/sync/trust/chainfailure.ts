/** The key chain has an error type of its own; above it there is one family, told apart by code. */
import { isErrorCode, StrongroomError } from '../../../contract/index.ts';
import { KeychainError } from '../../keychain/index.ts';

/** Gives a failure of the key chain its place in the application's family; others pass unchanged. */
export function fromKeychain(failure: unknown): unknown {
  if (!(failure instanceof KeychainError)) return failure;
  const code = isErrorCode(failure.code) ? failure.code : 'undecipherable';
  return new StrongroomError(code, failure.params);
}

/** Runs a step of the key chain and throws its failures as the application's. */
export function chainStep<T>(step: () => T): T {
  try {
    return step();
  } catch (failure) {
    throw fromKeychain(failure);
  }
}
