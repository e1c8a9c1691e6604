/** One line of a menu of things to do. */
import type { FunctionalComponent } from 'vue';

export interface MenuAction<T extends string = string> {
  readonly id: T;
  readonly text: string;
  readonly icon: FunctionalComponent;
  /** The chord that does the same. */
  readonly keys?: string | undefined;
  /** Why it cannot be done now; absent or null when it can. */
  readonly blocked?: string | null | undefined;
  readonly danger?: boolean;
  /** A line is drawn above it. */
  readonly apart?: boolean;
}
