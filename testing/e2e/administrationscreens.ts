/**
 * The windows in which a team is administered: invitations, groups, requests, keys to compare,
 * access, sharing. Beside `Screens`, whose window it works in.
 */
import type { Locator } from 'playwright-core';
import type { RunningApp } from './app.ts';
import { Screens } from './screens.ts';
import { expect } from './spec.ts';

export type Section = 'requests' | 'people' | 'groups';

/** Who makes an account from an invitation. */
export interface Newcomer {
  readonly fullName: string;
  readonly login: string;
  readonly password: string;
}

export class AdministrationScreens extends Screens {
  readonly app: RunningApp;

  private constructor(app: RunningApp, screens: Screens) {
    super(screens.page);
    this.app = app;
  }

  static async of(app: RunningApp): Promise<AdministrationScreens> {
    return new AdministrationScreens(app, new Screens(await app.page()));
  }

  private part(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  /** Answers the question that is shown with its yes. */
  async confirmQuestion(title: string): Promise<void> {
    await this.page.getByRole('dialog', { name: title }).getByTestId('question-confirm').click();
  }

  /** Goes to a section of the administration, from wherever the window is. */
  async administer(section: Section): Promise<void> {
    if (!(await this.part('administration').isVisible())) await this.part('open-administration').click();
    await this.part(`administration-${section}`).click();
  }

  async leaveAdministration(): Promise<void> {
    await this.button('Back to the vaults').click();
    await this.workspace().waitFor();
  }

  /** Asks the server until what it delivers can be seen; well before the app would ask by itself. */
  async syncUntil(isThere: () => Promise<void>): Promise<void> {
    await expect(async () => {
      await this.page.keyboard.press('F5');
      await isThere();
    }).toPass({ timeout: 30_000 });
  }

  /** Makes an invitation and gives its code, as it is copied for handing over. */
  async invite(who: Pick<Newcomer, 'fullName'>): Promise<string> {
    await this.part('invite-person').click();
    await this.part('new-person-form').getByLabel('Name', { exact: true }).fill(who.fullName);
    await this.part('make-person').click();
    await this.part('copy-handout').click();
    await expect.poll(() => this.app.clipboardText()).not.toBe('');
    return this.app.clipboardText();
  }

  /** From the first page of an enrolment to the form for a master password. */
  async acceptInvitation(server: string, code: string, who: Newcomer): Promise<void> {
    await this.page.getByLabel('Server address').fill(server);
    await this.part('have-invitation').click();
    await this.page.getByLabel('Invitation code').fill(code);
    await this.button('Continue').click();
    await this.page.getByLabel('Choose a login').fill(who.login);
    await this.page.getByLabel('Choose an account password', { exact: true }).fill(who.password);
    await this.page.getByLabel('Repeat it', { exact: true }).fill(who.password);
    await this.button('Make the account').click();
  }

  /** Keys are made with it; ends in the workspace, behind the advice for the first steps. */
  async setMasterPassword(secret: string): Promise<void> {
    await this.page.getByLabel('New master password', { exact: true }).fill(secret);
    await this.page.getByLabel('Repeat it', { exact: true }).fill(secret);
    await this.button('Set the master password').click();
    await this.part('first-steps').waitFor({ timeout: 60_000 });
  }

  async openGroup(name: string): Promise<void> {
    await this.part('groups').getByRole('button', { name }).click();
    await this.part('group').waitFor();
  }

  /** Marks people for the open group. The dialog stays open for `add-members-go`. */
  async chooseMember(fullName: string): Promise<void> {
    await this.part('add-members').click();
    const form = this.part('add-members-form');
    await form.getByTestId('section-search').fill(fullName);
    await form.getByRole('checkbox', { name: fullName }).check();
  }

  async addChosenMembers(): Promise<void> {
    await this.part('add-members-go').click();
    await this.part('add-members-form').waitFor({ state: 'detached' });
  }

  async openPerson(fullName: string): Promise<void> {
    await this.part('people').getByTestId('section-search').fill(fullName);
    await this.part('people').getByRole('button', { name: fullName }).click();
    await this.part('person').waitFor();
  }

  request(person: string, vault: string): Locator {
    return this.part('request-row').filter({ hasText: person }).filter({ hasText: vault });
  }

  /** The words of a key as they are shown, in their order. */
  async keyWords(within: Locator): Promise<string[]> {
    const words = within.getByRole('listitem');
    await expect(words).toHaveCount(8);
    return (await words.allInnerTexts()).map((text) => text.replace(/^\d+\s*/, '').trim());
  }

  /** The words of one's own key, read in the settings. */
  async showOwnKey(): Promise<string[]> {
    await this.button('Settings').click();
    await this.page.getByRole('tab', { name: 'Accounts' }).click();
    return this.keyWords(this.part('own-key'));
  }

  /** Opens the menu of a vault in the tree and picks a line of it. */
  async actOnVault(name: string, action: 'access' | 'rekey' | 'decideKey'): Promise<void> {
    await this.place(name).click({ button: 'right' });
    await this.page.locator(`[data-action="${action}"]`).click();
  }

  accessOf(person: string): Locator {
    return this.part('access-person').filter({ hasText: person });
  }

  async setAccess(person: string, level: string): Promise<void> {
    await this.accessOf(person)
      .getByRole('button', { name: `Access of ${person}` })
      .click();
    await this.page.getByRole('menuitemradio', { name: level }).click();
  }

  /** Opens what can be shared of the open record. */
  async share(tab: 'send' | 'given' | 'links'): Promise<void> {
    await this.part('record-menu').click();
    await this.page.locator('[data-action="share"]').click();
    await this.part(`sharing-tab-${tab}`).click();
  }

  async chooseReceiver(fullName: string): Promise<void> {
    await this.part('sharing').getByLabel('Find people').fill(fullName);
    await this.part('sharing-found').getByRole('button', { name: fullName }).click();
    await this.part('sharing-person').filter({ hasText: fullName }).waitFor();
  }

  async closeDialog(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }
}
