/**
 * A bound on how fast secrets can leave the main process. A person never notices it; a page
 * that was taken over cannot empty a vault before somebody does.
 */
export interface RevealBudgetOptions {
  /** How many reveals may come at once. */
  readonly burst?: number;
  /** Milliseconds until one more is allowed. */
  readonly refillMs?: number;
  readonly now?: () => number;
}

export class RevealBudget {
  readonly #burst: number;
  readonly #refillMs: number;
  readonly #now: () => number;
  #left: number;
  #countedAt: number;

  constructor(options: RevealBudgetOptions = {}) {
    this.#burst = options.burst ?? 40;
    this.#refillMs = options.refillMs ?? 1000;
    this.#now = options.now ?? (() => performance.now());
    this.#left = this.#burst;
    this.#countedAt = this.#now();
  }

  /** Takes one reveal; false when the budget is used up. */
  take(): boolean {
    const now = this.#now();
    const earned = Math.floor((now - this.#countedAt) / this.#refillMs);
    if (earned > 0) {
      this.#left = Math.min(this.#burst, this.#left + earned);
      this.#countedAt += earned * this.#refillMs;
    }
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
