/** Scenes of the administration of people, groups, roles, vault types, the log and the rules. */
import type { Page } from 'playwright-core';
import type { Scenario } from './scenario.ts';
import { idle, type Scene } from './scene.ts';
import { openByName } from './workspace-scenes.ts';

const features = [
  ...['userRoles', 'userInvites', 'userPasswords', 'ownAccount', 'twoFactor', 'masterPasswordReset'],
  ...['vaultTypes', 'activityLog', 'activityExport', 'accessExplained', 'keyFingerprints'],
];
const whole: Partial<Scenario> = { administers: true, features };

async function openPart(page: Page, part: string): Promise<void> {
  await page.locator('[data-testid=open-administration]').click();
  await page.locator(`[data-testid=administration-${part}]`).click();
  await page.mouse.move(2, 2);
  await idle(page);
}

async function openPerson(page: Page): Promise<void> {
  await openPart(page, 'people');
  await page.locator('[data-testid=people] [data-index="1"]').click();
  await page.locator('[data-testid=person-reach] table').waitFor();
  await idle(page);
}

async function actOnPerson(page: Page, deed: string): Promise<void> {
  await openPerson(page);
  await page.locator('[data-testid=person-actions]').click();
  await page.locator(`[data-action=${deed}]`).click();
}

function showing(name: string, part: string, scenario: Partial<Scenario> = {}): Scene {
  return { name, scenario: { ...whole, ...scenario }, act: (page) => openPart(page, part) };
}

const people: readonly Scene[] = [
  showing('team-people', 'people'),
  showing('team-people-waiting', 'people', { hanging: ['people.page'] }),
  showing('team-people-failing', 'people', { failing: { 'people.page': 'unreachable' } }),
  {
    name: 'team-people-none',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=section-search]').fill('nobody is called that');
      await page.locator('[data-testid=people] .empty').waitFor();
    },
  },
  {
    name: 'team-people-end',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=people] [data-index="0"]').focus();
      await page.keyboard.press('End');
      await page.locator('[data-testid=people] [data-index="9999"]:focus .name').waitFor();
      await page.keyboard.press('ArrowUp');
      await page.locator('[data-testid=people] [data-index="9998"]:focus .name').waitFor();
      await idle(page);
    },
  },
  {
    name: 'team-new-person',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=new-person]').click();
      await page.locator('[data-testid=make-person]').click();
      await idle(page);
    },
  },
  {
    name: 'team-invite',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=invite-person]').click();
      await idle(page);
    },
  },
  {
    name: 'team-handout',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=invite-person]').click();
      await page.locator('[data-testid=make-person]').click();
      await page.locator('[data-testid=copy-handout]').click();
      await idle(page);
    },
  },
  {
    name: 'team-invitations',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'people');
      await page.locator('[data-testid=list-invitations]').click();
      await page.locator('[data-testid=invitations] li').first().waitFor();
    },
  },
  { name: 'team-person', scenario: whole, act: openPerson },
  {
    name: 'team-person-menu',
    scenario: whole,
    act: async (page) => {
      await openPerson(page);
      await page.locator('[data-testid=person-actions]').click();
      await idle(page);
    },
  },
  {
    name: 'team-person-reset',
    scenario: whole,
    act: async (page) => {
      await actOnPerson(page, 'resetMaster');
      await page.locator('[data-testid=lost-vaults]').waitFor();
    },
  },
  {
    name: 'team-person-reset-done',
    scenario: whole,
    act: async (page) => {
      await actOnPerson(page, 'resetMaster');
      await page.locator('[data-testid=understood]').check();
      await page.locator('[data-testid=losing-go]').click();
      await page.locator('[data-testid=losing] [role=status]').first().waitFor();
    },
  },
];

const groups: readonly Scene[] = [
  showing('team-groups', 'groups'),
  showing('team-groups-none', 'groups', { empty: true }),
  {
    name: 'team-group',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'groups');
      await page.locator('[data-testid=groups] [data-index="0"]').click();
      await page.locator('[data-testid=group] [data-index="0"] .name').waitFor();
      await idle(page);
    },
  },
  {
    name: 'team-group-add',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'groups');
      await page.locator('[data-testid=groups] [data-index="0"]').click();
      await page.locator('[data-testid=add-members]').click();
      await page.locator('[data-testid=add-members-form] input[type=checkbox]').first().check();
      await idle(page);
    },
  },
];

const logs: readonly Scene[] = [
  showing('team-activity', 'activity'),
  showing('team-activity-none', 'activity', { empty: true }),
  showing('team-activity-failing', 'activity', { failing: { 'activity.page': 'forbidden' } }),
  {
    name: 'team-activity-actor',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'activity');
      await page.locator('[data-testid=choose-actor]').click();
      await page.locator('[role=dialog] input[type=checkbox]').first().check();
      await idle(page);
    },
  },
  {
    name: 'team-activity-record',
    scenario: whole,
    act: async (page) => {
      await openByName(page, 'PostgreSQL');
      await page.locator('[data-testid=record-menu]').click();
      await page.locator('[data-action=activity]').click();
      await page.locator('[data-testid=activity] [data-index="0"] b').waitFor();
      await idle(page);
    },
  },
];

const rules: readonly Scene[] = [
  showing('team-roles', 'roles'),
  {
    name: 'team-role',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'roles');
      await page.locator('[data-testid=change-role]').first().click();
      await idle(page);
    },
  },
  showing('team-organisation', 'organisation'),
  showing('team-types', 'vaultTypes'),
  {
    name: 'team-type',
    scenario: whole,
    act: async (page) => {
      await openPart(page, 'vaultTypes');
      await page.locator('[data-testid=change-type]').last().click();
      await page.locator('[data-testid=find-administrators]').click();
      await idle(page);
    },
  },
];

export const teamScenes: readonly Scene[] = [...people, ...groups, ...logs, ...rules];
