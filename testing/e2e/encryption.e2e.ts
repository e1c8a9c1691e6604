/**
 * Client-side encryption of an organisation turned on and off again through the windows, by the one
 * person who is in it: begun, vaults made ready, finished, the device set up anew both times.
 */
import { dirname } from 'node:path';
import { startServer } from '../../server/index.ts';
import { plainPerson } from '../organisation/index.ts';
import { AdministrationScreens } from './administrationscreens.ts';
import { copyOfData, removeFolder } from './demoserver.ts';
import { expect, test } from './spec.ts';

const record = 'Kiln controller';
const passphrase = 'nine kettles on a shelf';
const masterPassword = 'six bridges under the fog';

class EncryptionScreens {
  readonly window: AdministrationScreens;

  constructor(window: AdministrationScreens) {
    this.window = window;
  }

  part(testId: string) {
    return this.window.page.getByTestId(testId);
  }

  async passwordOfRecord(): Promise<string> {
    await this.window.search(record);
    await this.window.openRecord(record);
    return this.window.reveal('Password');
  }

  async toOrganisation(): Promise<void> {
    if (!(await this.part('administration').isVisible())) await this.part('open-administration').click();
    await this.part('administration-organisation').click();
    await this.part('encryption-part').waitFor();
  }

  async begin(direction: 'on' | 'off'): Promise<void> {
    await this.toOrganisation();
    await this.part(`encryption-turn-${direction}`).click();
    const dialog = this.part('encryption-begin');
    if (direction === 'off') await dialog.getByTestId('understood').check();
    await dialog.getByLabel('Account password', { exact: true }).fill(plainPerson.password);
    await this.part('encryption-begin-go').click();
    await this.part('encryption-under-way').waitFor();
  }

  /** Waits for the vaults of this device, then puts all of it in force; the sync then stops. */
  async finish(): Promise<void> {
    await expect(this.part('encryption-conversion')).toContainText('Your vaults are ready', {
      timeout: 60_000,
    });
    await expect(this.part('encryption-finish-open')).toBeEnabled();
    await this.part('encryption-finish-open').click();
    const dialog = this.part('encryption-finish');
    await dialog.getByLabel('Account password', { exact: true }).fill(plainPerson.password);
    await this.part('encryption-finish-go').click();
    await dialog.waitFor({ state: 'detached' });
    await this.window.leaveAdministration();
  }

  /** Through what the sync panel says of the change, to the step where the secret is given. */
  async startAnew(said: string): Promise<void> {
    await this.window.button(/^Sync: Sync stopped/).click({ timeout: 30_000 });
    await expect(this.part('encryption-changed')).toContainText(`${plainPerson.fullName} ${said}`);
    await this.part('encryption-start-anew').click();
    await this.window.button('Continue').click();
    await this.window.page.getByLabel('Account password', { exact: true }).fill(plainPerson.password);
    await this.window.button('Sign in').click();
    await this.part('known-here').check();
  }
}

test('client-side encryption is turned on, and off again, and everything reads the same', async ({
  sample,
  launch,
}) => {
  test.setTimeout(300_000);
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startServer({ dataFolder });
  try {
    const window = await AdministrationScreens.of(await launch());
    const screens = new EncryptionScreens(window);
    await window.giveServer(server.url);
    await window.signIn(plainPerson.login, plainPerson.password);
    await window.givePassphrase(passphrase);
    await window.synced();
    const before = await screens.passwordOfRecord();
    expect(before).not.toBe('');

    await test.step('on', async () => {
      await screens.begin('on');
      await screens.part('encryption-ask-password').click();
      const form = screens.part('encryption-set-password');
      await form.getByLabel('Master password', { exact: true }).fill(masterPassword);
      await form.getByLabel('Repeat it', { exact: true }).fill(masterPassword);
      await form.getByLabel('Account password', { exact: true }).fill(plainPerson.password);
      await screens.part('encryption-set-password-go').click();
      await screens.part('encryption-ask-encrypt').click();
      const dialog = screens.part('encryption-encrypt');
      await dialog.getByLabel('Your master password', { exact: true }).fill(masterPassword);
      await screens.part('encryption-encrypt-go').click();
      await screens.finish();
      await screens.startAnew('turned on client-side encryption');
      await window.giveMasterPassword(masterPassword);
      await window.synced();
      expect(await screens.passwordOfRecord()).toBe(before);
    });

    await test.step('off', async () => {
      await screens.begin('off');
      await screens.part('encryption-ask-hand-over').click();
      const dialog = screens.part('encryption-hand-over');
      await dialog.getByTestId('understood').check();
      await dialog.getByLabel('Your master password', { exact: true }).fill(masterPassword);
      await screens.part('encryption-hand-over-go').click();
      await screens.finish();
      await screens.startAnew('turned off client-side encryption');
      await window.givePassphrase(passphrase);
      await window.synced();
      expect(await screens.passwordOfRecord()).toBe(before);
    });
  } finally {
    await server.close();
    await removeFolder(dirname(dataFolder));
  }
});
