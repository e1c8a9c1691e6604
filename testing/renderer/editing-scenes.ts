/** Scenes of changing things without a network: the form, the menus, the bin, what waits, conflicts. */
import type { Page } from 'playwright-core';
import type { SyncStatus } from '../../contract/sync.ts';
import { idle, type Scene } from './scene.ts';
import type { Scenario } from './scenario.ts';
import { openByName, openPanel, openPrimary } from './workspace-scenes.ts';

const narrow = (page: Page): boolean => (page.viewportSize()?.width ?? 0) < 640;
const offline: Partial<SyncStatus> = {
  phase: 'offline',
  problem: { code: 'unreachable', params: { host: 'vault.corp.example', reason: 'timeout' } },
  nextTryAt: Date.now() + 4 * 60_000,
  offlineUntil: Date.now() + 26 * 86_400_000,
};
const unsettled: Partial<Scenario> = { sync: offline, waiting: null, conflicts: null };

async function edit(page: Page): Promise<void> {
  await openPrimary(page);
  await page.locator('[data-testid=edit-record]').click();
  await page.locator('[data-testid=record-editor] [data-testid=add-field]').waitFor();
  await page.mouse.move(2, 2);
}

async function showTree(page: Page): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  const tree = page.locator('[role=tree]');
  if (!(await tree.isVisible())) await page.locator('.list-pane .head button').first().click();
  await tree.waitFor();
}

async function openFolders(page: Page): Promise<void> {
  await showTree(page);
  await page.locator('[id="tree-infra"] .twist').click();
  await page.locator('[id="tree-production"]').waitFor();
}

/** The conflict with this id, by the panel's list: the fifth button is the fifth conflict. */
async function openConflict(page: Page, at: number): Promise<void> {
  await idle(page);
  await openPanel(page);
  await page.locator('[data-testid=conflict-list] button').nth(at).click();
  await page.locator('[data-testid=conflict-field]').first().waitFor();
  await page.mouse.move(2, 2);
}

export const editingScenes: readonly Scene[] = [
  {
    name: 'new-record',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyN');
      await page.locator('[data-testid=record-editor]').waitFor();
      await idle(page);
    },
  },
  ...(['characters', 'phrase'] as const).map((kind): Scene => ({
    name: `generator-${kind}`,
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyN');
      await page.getByTestId('generator-open').click();
      await page.getByTestId('generator').waitFor();
      if (kind === 'phrase') {
        await page.getByTestId('generator').getByRole('button').nth(1).click();
        await page.getByRole('menuitemradio').nth(1).click();
      }
      await idle(page);
    },
  })),
  {
    name: 'generator-alone',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyG');
      await page.getByTestId('kept-values-toggle').click();
      await page.getByTestId('kept-values').waitFor();
      await idle(page);
    },
  },
  {
    name: 'generator-ruled',
    scenario: { ruled: true },
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyG');
      await page.getByTestId('password-rules').waitFor();
      await page.getByTestId('generator').getByRole('button').nth(1).click();
      await page.getByRole('menuitemradio').nth(1).click();
      await page.locator('[data-testid=password-rules] .broken').waitFor();
      await idle(page);
    },
  },
  {
    name: 'new-record-breaks-rules',
    scenario: { ruled: true },
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyN');
      await page.locator('[data-testid=record-editor] input[type=password]').fill('short');
      await page.getByTestId('broken-rules').waitFor();
    },
  },
  {
    name: 'new-record-incomplete',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyN');
      await page.locator('[data-testid=record-editor] input[type=password]').fill('typed here');
      await page.keyboard.press('Control+Enter');
      await page.locator('[role=alert]').first().waitFor();
    },
  },
  { name: 'edit-record', scenario: {}, act: edit },
  {
    name: 'edit-record-fields',
    scenario: {},
    act: async (page) => {
      await edit(page);
      await page.locator('[data-testid=add-field]').click();
      await page.locator('[role=menuitem]').nth(1).click();
      await page.locator('.custom').nth(4).locator('input').first().fill('Deploy key');
      await page.locator('.custom').nth(4).locator('textarea').fill('line one\nline two');
      await page.locator('.custom').nth(0).locator('.stored button').first().click();
      await page.locator('.custom').nth(1).locator('.stored button').nth(1).click();
      await page.locator('.customs').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'edit-record-end',
    scenario: {},
    act: async (page) => {
      await edit(page);
      await page.locator('.reads').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'edit-record-refused',
    scenario: { failing: { 'editing.save': 'diskFull' } },
    act: async (page) => {
      await edit(page);
      await page.locator('[data-testid=record-editor] input[type=text]').nth(1).fill('postgres-admin');
      await page.keyboard.press('Control+KeyS');
      await page.locator('[data-testid=record-editor] [role=alert]').waitFor();
    },
  },
  {
    name: 'edit-leave',
    scenario: {},
    act: async (page) => {
      await edit(page);
      await page.locator('[data-testid=record-editor] input[type=text]').first().fill('Something typed');
      await page.keyboard.press('Escape');
      await page.locator('[data-testid=question]').waitFor();
    },
  },
  {
    name: 'edit-leave-by-list',
    scenario: {},
    act: async (page) => {
      await edit(page);
      await page.locator('[data-testid=record-editor] input[type=text]').first().fill('Something typed');
      if (narrow(page)) await page.keyboard.press('Escape');
      else await page.locator('[role=option]').nth(2).click();
      await page.locator('[data-testid=question]').waitFor();
    },
  },
  {
    name: 'draft-offer',
    scenario: { drafts: ['CI deploy token', 'Another form'] },
    act: async (page) => {
      await page.locator('[data-testid=draft-offer]').waitFor();
      await idle(page);
    },
  },
  {
    name: 'draft-after-lock',
    scenario: {},
    act: async (page) => {
      await edit(page);
      await page.locator('[data-testid=record-editor] input[type=text]').first().fill('Half typed');
      await page.keyboard.press('Control+KeyL');
      await page.locator('input[type=password]').fill('correct horse battery');
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=draft-continue]').click();
      await page.locator('[data-testid=record-editor] [data-testid=add-field]').waitFor();
      await idle(page);
    },
  },
  {
    name: 'record-menu',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.locator('[data-testid=record-menu]').click();
      await page.locator('[role=menuitem]').first().waitFor();
    },
  },
  {
    name: 'record-read-only',
    scenario: {},
    act: async (page) => {
      await openByName(page, 'VPN for the audit');
      await page.locator('[data-testid=record-menu]').click();
      await page.locator('[role=menuitem]').first().waitFor();
    },
  },
  {
    name: 'tags-popup',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.locator('[data-testid=edit-tags]').click();
      await page.locator('.tags-popup input').first().waitFor();
    },
  },
  {
    name: 'move',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.keyboard.press('KeyM');
      await page.locator('[data-testid=place-picker]').waitFor();
      await idle(page);
    },
  },
  {
    name: 'move-search',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.keyboard.press('KeyM');
      await page.locator('[data-testid=place-picker] input').fill('o');
      await idle(page);
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'removed',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.keyboard.press('Delete');
      await page.locator('.toast').waitFor();
    },
  },
  {
    name: 'tree-menu',
    scenario: {},
    act: async (page) => {
      await openFolders(page);
      await page.locator('[id="tree-production"]').click({ button: 'right' });
      await page.locator('[role=menuitem]').first().waitFor();
    },
  },
  {
    name: 'tree-menu-barred',
    scenario: {},
    act: async (page) => {
      await showTree(page);
      await page.locator('[id="tree-field"]').click({ button: 'right' });
      await page.locator('[role=menuitem]').first().waitFor();
    },
  },
  {
    name: 'folder-name',
    scenario: {},
    act: async (page) => {
      await openFolders(page);
      await page.locator('[role=tree]').focus();
      await page.locator('[id="tree-production"]').click({ button: 'right' });
      await page.locator('[data-action=rename]').click();
      await page.locator('[data-testid=question] input').waitFor();
    },
  },
  {
    name: 'bin',
    scenario: {},
    act: async (page) => {
      await showTree(page);
      await page.locator('[id="tree-bin"]').click();
      await page.locator('[data-testid=restore]').first().waitFor();
    },
  },
  {
    name: 'bin-empty',
    scenario: { empty: true },
    act: async (page) => {
      await page.locator('.list-pane').waitFor();
      if (!(await page.locator('[role=tree]').isVisible()))
        await page.locator('.list-pane .head button').first().click();
      await page.locator('[id="tree-bin"]').click();
      await idle(page);
    },
  },
  { name: 'record-pending', scenario: unsettled, act: async (page) => openByName(page, 'ClickHouse') },
  { name: 'record-conflict', scenario: unsettled, act: async (page) => openByName(page, 'Elasticsearch') },
  {
    name: 'waiting',
    scenario: unsettled,
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.locator('[data-testid=waiting-list] li').first().waitFor();
    },
  },
  {
    name: 'waiting-held',
    scenario: { sync: { phase: 'idle' }, waiting: 5 },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.locator('[data-testid=waiting-list] li').first().waitFor();
    },
  },
  {
    name: 'waiting-discard',
    scenario: { sync: { phase: 'idle' }, waiting: 5 },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.locator('[data-testid=waiting-list] .ways button').nth(1).click();
      await page.locator('[data-testid=question]').waitFor();
    },
  },
  {
    name: 'export-wrong',
    scenario: { sync: { phase: 'idle' }, waiting: 5 },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.locator('[data-testid=export-unsent]').click();
      await page.locator('[data-testid=export-form] input').fill('wrong');
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=export-form] [role=alert]').waitFor();
    },
  },
  { name: 'conflict-fields', scenario: unsettled, act: async (page) => openConflict(page, 0) },
  {
    name: 'conflict-picked',
    scenario: unsettled,
    act: async (page) => {
      await openConflict(page, 0);
      const fields = page.locator('[data-testid=conflict-field]');
      await fields.nth(0).locator('input[type=radio]').nth(2).check();
      await fields.nth(1).locator('input[type=radio]').nth(1).check();
      await fields.nth(0).locator('[data-side=mine] button').click();
      await fields.nth(0).locator('[data-side=theirs] button').click();
      await page.mouse.move(2, 2);
    },
  },
  { name: 'conflict-deleted-there', scenario: unsettled, act: async (page) => openConflict(page, 1) },
  { name: 'conflict-changed-there', scenario: unsettled, act: async (page) => openConflict(page, 2) },
  { name: 'conflict-vault-lost', scenario: unsettled, act: async (page) => openConflict(page, 3) },
  { name: 'conflict-taken-back', scenario: unsettled, act: async (page) => openConflict(page, 5) },
  {
    name: 'conflict-refused-drop',
    scenario: unsettled,
    act: async (page) => {
      await openConflict(page, 4);
      await page.locator('[data-testid=conflict-drop]').click();
      await page.locator('[data-testid=question]').waitFor();
    },
  },
  {
    name: 'conflict-error',
    scenario: { ...unsettled, failing: { 'conflicts.read': 'noSuchConflict' } },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.locator('[data-testid=conflict-list] button').first().click();
      await page.locator('[data-testid=conflict-screen] [role=alert]').waitFor();
    },
  },
];
