/** How clients are told that a directory could not be used, and what it keeps to itself. */
import { passwordDirectory } from '../directory/proof.ts';
import { DirectoryProblem } from '../directory/settings.ts';
import type { User } from '../storage/people.ts';
import type { Context } from './context.ts';
import { ApiError } from './errors.ts';

/** An answer where a directory that cannot be asked means "not now", as at log-in. */
export async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    if (!(error instanceof DirectoryProblem)) throw error;
    throw new ApiError(503, 'directoryUnavailable', 'The directory cannot be asked at the moment.');
  });
}

/** An answer to whoever looks after the directory: what is wrong with it. */
export async function orFault<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    if (!(error instanceof DirectoryProblem)) throw error;
    const code = `directory${error.fault.charAt(0).toUpperCase()}${error.fault.slice(1)}`;
    throw new ApiError(409, code, 'The directory could not be used.');
  });
}

/** Refuses to change a password that the directory keeps. */
export async function requireOwnPassword(context: Pick<Context, 'storage'>, user: User): Promise<void> {
  if ((await passwordDirectory(context.storage, user)) === null) return;
  throw new ApiError(409, 'passwordInDirectory', 'The directory keeps this password.');
}
