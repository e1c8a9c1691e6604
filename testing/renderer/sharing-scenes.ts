/** Scenes of sharing: sending to people and groups, who has a record, links. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';
import { openByName } from './workspace-scenes.ts';

const features = ['inboxSend', 'inboxGroups', 'inboxManage', 'linkList', 'linkPage'];

async function openSharing(page: Page): Promise<void> {
  await openByName(page, 'PostgreSQL');
  await page.locator('[data-testid=record-menu]').click();
  await page.locator('[data-action=share]').click();
  await page.locator('[data-testid=sharing]').waitFor();
  await page.mouse.move(2, 2);
}

async function openTab(page: Page, tab: 'given' | 'links'): Promise<void> {
  await openSharing(page);
  await page.locator(`[data-testid=sharing-tab-${tab}]`).click();
  await page.locator(`[data-testid=sharing-${tab}]`).waitFor();
}

/** The groups come first in what is found. */
async function choose(page: Page, ...places: readonly number[]): Promise<void> {
  for (const place of places) await page.locator('[data-testid=sharing-found] li button').nth(place).click();
  await idle(page);
}

export const sharingScenes: readonly Scene[] = [
  {
    name: 'sharing-send',
    scenario: { features },
    act: async (page) => {
      await openSharing(page);
      await choose(page, 6, 9, 10, 0);
      await page.locator('[data-testid=sharing-send]').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'sharing-compare',
    scenario: { features: [...features, 'oldKeys'] },
    act: async (page) => {
      await openSharing(page);
      await choose(page, 7);
      await page.locator('[data-testid=sharing-compare]').click();
      await page.locator('[data-testid=key-card]').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'sharing-given',
    scenario: { features },
    act: async (page) => openTab(page, 'given'),
  },
  {
    name: 'sharing-links',
    scenario: { features },
    act: async (page) => {
      await openTab(page, 'links');
      await page.locator('[data-testid=sharing-make-link]').click();
      await idle(page);
    },
  },
  {
    name: 'sharing-refused',
    scenario: { features, failing: { 'sharing.people': 'unreachable' } },
    act: async (page) => {
      await openSharing(page);
      await idle(page);
    },
  },
];
