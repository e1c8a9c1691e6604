/**
 * How a channel of the bridge is described. Preload, handlers and the renderer's types all
 * come from these descriptions, so a channel without validation cannot exist.
 */
import { z } from 'zod';

/** The lock state a channel asks for before its handler runs. */
export type LockNeed = 'anytime' | 'unlocked';

/**
 * `secret`: a stored secret, for good. `code`: a one-time code, for half a minute; whoever walks
 * through records sees many of them, so they have a limit of their own.
 */
export type Revealed = 'secret' | 'code';

export interface Channel<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
  readonly needs: LockNeed;
  /** Upper bound of one input, counted as characters and bytes of all its leaves. */
  readonly maxSize: number;
  /** What it gives away, and so which limit it counts against; null for nothing of the kind. */
  readonly reveals: Revealed | null;
  /**
   * The page hands over `File` objects; the preload replaces them by the paths that only it
   * can learn (`input.paths`). The page can therefore never name a path of its own.
   */
  readonly fromFiles: boolean;
}

export interface ChannelOptions {
  readonly needs?: LockNeed;
  readonly maxSize?: number;
  readonly reveals?: Revealed;
  readonly fromFiles?: boolean;
}

/** Describes one channel; by default it needs an unlocked account and takes at most 4 KiB. */
export function channel<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  options: ChannelOptions = {},
): Channel<I, O> {
  return {
    input,
    output,
    needs: options.needs ?? 'unlocked',
    maxSize: options.maxSize ?? 4096,
    reveals: options.reveals ?? null,
    fromFiles: options.fromFiles ?? false,
  };
}

/** For channels that take or give nothing. */
export const nothing = z.strictObject({});
export type Nothing = z.infer<typeof nothing>;

/** An id as used inside the application; see the mirror for how it relates to the server's. */
export const idText = z.string().min(1).max(64);

/** Unix time in milliseconds. */
export const instant = z.number().int().nonnegative();

/**
 * A secret that a person typed, as UTF-8 bytes: the main process can wipe bytes,
 * a string it cannot.
 */
export const typedSecret = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.length > 0 && bytes.length <= 1024);
