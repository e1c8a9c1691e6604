/** One value that is worked out anew only when what it rests on has changed. */
export class Kept<T> {
  #of = '';
  #value: Promise<T> | null = null;

  /** `of` names the state that the value rests on; whoever asks of the same state gets the same value. */
  get(of: string, work: () => Promise<T>): Promise<T> {
    if (this.#value !== null && this.#of === of) return this.#value;
    const value = work();
    this.#of = of;
    this.#value = value;
    value.catch(() => {
      // Whoever waits is told of the failure; whoever asks later has it tried again.
      if (this.#value === value) this.#value = null;
    });
    return value;
  }
}
