/** What is said between the suite and the process that it kills: one JSON line each. */
import type { Act } from './book.ts';

export type VictimMode = 'saving' | 'syncing' | 'attaching' | 'firstSync' | 'migrating' | 'finishing';

/** The one thing a victim is told. */
export interface Orders {
  readonly mode: VictimMode;
  readonly folder: string;
  readonly accountId: string;
  /** Hexadecimal; it opens nothing but what the suite made. */
  readonly deviceKey: string;
  readonly migrationsDir: string;
  /** One letter. */
  readonly device: string;
  readonly run: number;
  readonly seed: number;
}

/** What a device holds when its profile has been opened again. */
export interface FoundState {
  readonly tokens: readonly string[];
  /** Nothing waits and nothing is undecided. */
  readonly isSettled: boolean;
  /** Hash of everything that two settled devices have in common. */
  readonly digest: string;
}

export type Told =
  | { readonly at: 'ready' }
  | { readonly at: 'opening' }
  | ({ readonly at: 'opened' } & FoundState)
  /** The work that a kill would hit from now on. */
  | { readonly at: 'phase'; readonly phase: string }
  | { readonly at: 'will' | 'did'; readonly act: Act }
  | { readonly at: 'failed'; readonly act: Act; readonly code: string }
  | { readonly at: 'settled' }
  | ({ readonly at: 'finished'; readonly problem: string | null } & FoundState)
  | { readonly at: 'incident'; readonly what: string };
