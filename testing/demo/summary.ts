/** The summary of a demo run: each step with what it saw, and nothing that is secret. */

export interface Step {
  readonly what: string;
  readonly saw: string;
  readonly ms: number;
  readonly failed: boolean;
}

export class Summary {
  readonly steps: Step[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /**
   * Runs one step; `work` answers with what it saw. A failed step ends the demo by throwing,
   * after its line was written.
   */
  async step(what: string, work: () => Promise<string>): Promise<void> {
    const started = performance.now();
    try {
      this.#note({ what, saw: await work(), ms: performance.now() - started, failed: false });
    } catch (error) {
      const saw = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.#note({ what, saw, ms: performance.now() - started, failed: true });
      throw error;
    }
  }

  get failed(): boolean {
    return this.steps.some((step) => step.failed);
  }

  #note(step: Step): void {
    this.steps.push(step);
    const number = String(this.steps.length).padStart(2);
    this.#say(
      `${number}  ${step.failed ? 'FAILED' : 'ok    '}  ${step.what}: ${step.saw} (${Math.round(step.ms)} ms)`,
    );
  }
}
