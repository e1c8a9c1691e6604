/**
 * Questions that something waits for: one at a time, asked over whatever is open. A question
 * that nobody answers (everything locked, another question came) is answered with nothing.
 */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** The button that does it. */
  readonly confirm: string;
  /** A second way on, beside it. */
  readonly alternative?: string;
  /** The button that leaves everything as it is; "Cancel" if not given. */
  readonly cancel?: string;
  /** Something goes that does not come back by itself. */
  readonly danger?: boolean;
  /** A name to type, with the text it begins with. */
  readonly input?: { readonly label: string; readonly value: string; readonly maxlength: number };
}

export type Answer = { readonly choice: 'confirm' | 'alternative'; readonly text: string };

export const useQuestions = defineStore('questions', () => {
  const current = shallowRef<Question | null>(null);
  let answered: ((answer: Answer | null) => void) | null = null;

  function settle(answer: Answer | null): void {
    const tell = answered;
    answered = null;
    current.value = null;
    tell?.(answer);
  }

  /** Null when the person left everything as it is. */
  function ask(question: Question): Promise<Answer | null> {
    settle(null);
    current.value = question;
    return new Promise((resolve) => (answered = resolve));
  }

  async function confirm(question: Question): Promise<boolean> {
    return (await ask(question))?.choice === 'confirm';
  }

  function forget(): void {
    settle(null);
  }

  return { current, ask, confirm, settle, forget };
});
