/**
 * The window as a person uses it, in the words on its buttons. Specs and the demo say what they
 * do through this, so that a changed label is mended in one place.
 */
import type { Locator, Page } from 'playwright-core';
import type { DemoUser } from './demoserver.ts';

export class Screens {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** The first page of an enrolment: which server. */
  async giveServer(address: string): Promise<void> {
    await this.page.getByLabel('Server address').fill(address);
    await this.button('Continue').click();
  }

  async signIn(login: string, password: string): Promise<void> {
    await this.page.getByLabel('Login', { exact: true }).fill(login);
    await this.page.getByLabel('Account password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  async giveMasterPassword(secret: string): Promise<void> {
    await this.page.getByLabel('Master password', { exact: true }).fill(secret);
    await this.button('Open the vaults').click();
  }

  async givePassphrase(secret: string): Promise<void> {
    await this.page.getByLabel('Device passphrase', { exact: true }).fill(secret);
    await this.page.getByLabel('Repeat the passphrase', { exact: true }).fill(secret);
    await this.button('Open the vaults').click();
  }

  /** First run of somebody with a master password, from the server's address to the workspace. */
  async enrol(address: string, who: DemoUser): Promise<void> {
    await this.giveServer(address);
    await this.signIn(who.login, who.password);
    await this.giveMasterPassword(who.masterPassword ?? '');
    await this.workspace().waitFor();
  }

  workspace(): Locator {
    return this.page.getByRole('tree', { name: 'Vaults and folders' });
  }

  /** Waits until a sync has finished; the vaults are usable before. */
  async synced(): Promise<void> {
    await this.button(/^Sync: Up to date/).waitFor({ timeout: 30_000 });
  }

  async unlock(secret: string): Promise<void> {
    await this.page.getByLabel('Master password', { exact: true }).fill(secret);
    await this.button('Unlock').click();
  }

  async lock(): Promise<void> {
    await this.button('Lock').click();
    await this.lockScreen().waitFor();
  }

  lockScreen(): Locator {
    return this.page.getByRole('heading', { name: 'Strongroom is locked' });
  }

  /** A line of the tree; its accessible name ends with how much is in it. */
  place(name: string): Locator {
    const words = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return this.page.getByRole('treeitem', { name: new RegExp(`^${words}( [\\d,]+)?$`) });
  }

  async pick(name: string): Promise<void> {
    await this.place(name).click();
  }

  /** From the workspace to the first page of another enrolment. */
  async addAccount(): Promise<void> {
    await this.button('Settings').click();
    await this.page.getByRole('tab', { name: 'Accounts' }).click();
    await this.button('Add an account…').click();
  }

  async search(text: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.getByLabel('Search all records').fill(text);
  }

  rows(): Locator {
    return this.page.getByRole('listbox').getByRole('option');
  }

  async openRecord(name: string): Promise<void> {
    await this.rows().filter({ hasText: name }).first().click();
    await this.record().getByRole('heading', { name }).waitFor();
  }

  record(): Locator {
    return this.page.getByRole('region', { name: 'Record', exact: true });
  }

  /** Reveals a field of the open record and gives what is shown. */
  async reveal(field: string): Promise<string> {
    await this.record()
      .getByRole('button', { name: `Reveal: ${field}`, exact: true })
      .click();
    const hide = this.record().getByRole('button', { name: `Hide: ${field}`, exact: true });
    const shown = hide
      .locator('xpath=ancestor::*[.//*[contains(@class, "revealed")]][1]')
      .locator('.text')
      .first();
    await shown.waitFor();
    return (await shown.textContent()) ?? '';
  }

  async copy(field: string): Promise<void> {
    await this.record()
      .getByRole('button', { name: `Copy: ${field}`, exact: true })
      .click();
  }

  /** The form of a record. */
  editor(): Locator {
    return this.page.getByTestId('record-editor');
  }

  /** Types into fields of the open form by their labels. */
  async type(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(values)) {
      await this.editor().getByLabel(label, { exact: true }).fill(value);
    }
  }

  /** Replaces a stored secret in the open form. */
  async typeSecret(field: string, value: string): Promise<void> {
    await this.editor()
      .getByRole('button', { name: `Change: ${field}` })
      .click();
    await this.type({ [field]: value });
  }

  async save(): Promise<void> {
    await this.page.getByTestId('save-record').click();
    await this.editor().waitFor({ state: 'detached' });
  }

  /** Changes the open record: plain fields by label, the password apart. */
  async edit(values: Readonly<Record<string, string>>, password?: string): Promise<void> {
    await this.page.getByTestId('edit-record').click();
    await this.type(values);
    if (password !== undefined) await this.typeSecret('Password', password);
    await this.save();
  }

  /** Picks a line of the open record's menu. */
  async act(name: 'move' | 'copy' | 'remove'): Promise<void> {
    await this.page.getByTestId('record-menu').click();
    await this.page.locator(`[data-action="${name}"]`).click();
  }

  /** Answers the question where something is to lie. */
  async pickPlace(name: string): Promise<void> {
    const picker = this.page.getByTestId('place-picker');
    await picker.getByRole('combobox').fill(name);
    await picker.getByRole('option', { name }).first().click();
    await this.page.getByTestId('place-confirm').click();
    await picker.waitFor({ state: 'detached' });
  }

  /** Chooses what stays of a field on the conflict screen. */
  async choose(field: string, side: 'Mine' | 'Theirs' | 'Both'): Promise<void> {
    const card = this.conflict().getByRole('region', { name: field, exact: true });
    await card.getByText(side, { exact: true }).click();
  }

  conflict(): Locator {
    return this.page.getByTestId('conflict-screen');
  }

  /** Both themes by the setting that a person has, with time for the colours to fade. */
  async theme(theme: 'light' | 'dark'): Promise<void> {
    await this.page.evaluate(`strongroom.settings.update({ theme: '${theme}' })`);
    await this.page.waitForTimeout(400);
  }
}
