/**
 * Enrolments that have begun and not ended: each holds a connection and tokens, so each is
 * bounded in time and number.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { EnrolmentStep } from '../../../contract/accounts.ts';
import { Enrolment } from '../../sync/index.ts';
import type { EnrolmentResult, EnrolmentStart } from '../../sync/index.ts';

/** Long enough to look up a second factor and a master password. */
const livesMs = 15 * 60 * 1000;
const mostAtOnce = 4;

interface Underway {
  readonly enrolment: Enrolment;
  readonly timer: NodeJS.Timeout;
}

export class Enrolments {
  readonly #underway = new Map<string, Underway>();

  /** Signs in and keeps the conversation. Throws the codes of `Enrolment.begin`. */
  async begin(start: EnrolmentStart): Promise<EnrolmentStep> {
    const enrolment = await Enrolment.begin(start);
    try {
      const step = enrolment.step();
      await this.#makeRoom();
      const timer = setTimeout(() => void this.end(enrolment.id), livesMs);
      timer.unref();
      this.#underway.set(enrolment.id, { enrolment, timer });
      return step;
    } catch (error) {
      await enrolment.end();
      throw error;
    }
  }

  /** Throws `enrolmentExpired`, `wrongTwoFactorCode`. */
  confirmTwoFactor(id: string, code: string): Promise<EnrolmentStep> {
    return this.#find(id).confirmTwoFactor(code);
  }

  /** What is missing in a running enrolment. Throws `enrolmentExpired`. */
  step(id: string): EnrolmentStep {
    return this.#find(id).step();
  }

  /** Whose enrolment it is; `userId` is null before the second factor was given. Throws `enrolmentExpired`. */
  whose(id: string): { origin: string; userId: string | null } {
    const { origin, userId } = this.#find(id);
    return { origin, userId };
  }

  /** Throws `enrolmentExpired` and the codes of `Enrolment.finish`; the enrolment goes on until `end`. */
  finish(id: string, secret: Uint8Array): Promise<EnrolmentResult> {
    return this.#find(id).finish(secret);
  }

  /** Closes one enrolment; one that is gone already is no failure. */
  async end(id: string): Promise<void> {
    const underway = this.#underway.get(id);
    if (!underway) return;
    this.#underway.delete(id);
    clearTimeout(underway.timer);
    await underway.enrolment.end();
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#underway.keys()].map((id) => this.end(id)));
  }

  #find(id: string): Enrolment {
    const underway = this.#underway.get(id);
    if (!underway) throw new StrongroomError('enrolmentExpired');
    return underway.enrolment;
  }

  async #makeRoom(): Promise<void> {
    const oldest = [...this.#underway.keys()].slice(0, Math.max(0, this.#underway.size - mostAtOnce + 1));
    for (const id of oldest) await this.end(id);
  }
}
