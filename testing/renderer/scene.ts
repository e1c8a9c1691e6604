/** A screen to look at: what the bridge plays, and what a person does to get there. */
import type { Page } from 'playwright-core';
import type { Scenario } from './scenario.ts';

export interface Scene {
  readonly name: string;
  readonly scenario: Partial<Scenario>;
  /** The page, where it is not the main window's. */
  readonly page?: 'quick.html';
  /** The only size of a window that cannot be resized. */
  readonly size?: readonly [number, number];
  /** Steps are language-blind: keys, roles and places, never words. */
  readonly act: (page: Page) => Promise<void>;
}

/** Long enough for a wait to have become visible. */
export const idle = async (page: Page): Promise<void> => page.waitForTimeout(450);
