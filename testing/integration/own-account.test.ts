/** Invitation, log-in password, second factor and emergency sheet, against the real server. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseTotp, totpCode } from '../../main/keychain/index.ts';
import { withoutFeature } from '../hostile/lies.ts';
import { OwnAccountStage, utf8, type Newcomer } from './ownaccountstage.ts';
import type { Application } from './application.ts';

const master = 'Dora öffnet zum ersten Mal';

let site: OwnAccountStage;
beforeAll(async () => {
  site = await OwnAccountStage.open();
});
afterEach(() => site.clear());
afterAll(() => site.close());

async function invite(): Promise<string> {
  const body = { email: 'dora@small.example', fullName: 'Dora' };
  return (await site.organisation.anna.http.send<{ code: string }>('POST', '/user-invites', body)).code;
}

const at = (): { address: string; acceptedFingerprint: null } => ({
  ...{ address: site.proxy.url, acceptedFingerprint: null },
});

describe('an invitation', () => {
  it('leads from its code to an account with keys that were made on the device', async () => {
    const code = await invite();
    const device = site.device();
    expect(await device.ask('accounts', 'openInvitation', { ...at(), code })).toEqual({
      ...{ organisation: 'Small', fullName: 'Dora', email: 'dora@small.example', clientSideEncryption: true },
    });
    const account = { code, login: 'dora', fullName: 'Dora D.', password: utf8('dora signs in') };
    const step = await device.ask('accounts', 'acceptInvitation', { ...at(), ...account });
    expect(step).toMatchObject({ needs: 'newMasterPassword', login: 'dora', fullName: 'Dora D.' });
    await device.ask('accounts', 'enrol', { enrolmentId: step.enrolmentId, secret: utf8(master) });
    await device.synced();
    expect((await device.ask('sync', 'status', {})).phase).toBe('idle');
    expect(await device.refusal('accounts', 'openInvitation', { ...at(), code })).toBe('inviteInvalid');
  });

  it('is refused with a wrong code, a taken login or a password that is too short', async () => {
    const device = site.device();
    expect(await device.refusal('accounts', 'openInvitation', { ...at(), code: 'made up' })).toBe(
      'inviteInvalid',
    );
    const code = await invite();
    const taken = { code, login: 'anna', fullName: 'Dora', password: utf8('dora signs in') };
    expect(await device.refusal('accounts', 'acceptInvitation', { ...at(), ...taken })).toBe('loginTaken');
    const short = { code, login: 'dora2', fullName: 'Dora', password: utf8('seven c') };
    expect(await device.refusal('accounts', 'acceptInvitation', { ...at(), ...short })).toBe('refused');
    expect(await device.refusal('accounts', 'openInvitation', { ...at(), code })).toBeNull();
  });
});

async function enrolled(): Promise<{ device: Application; clara: Newcomer; id: string }> {
  const clara = await site.newcomer();
  const device = site.device();
  return { device, clara, id: await site.enrol(device, clara, master) };
}

describe('the log-in password', () => {
  it('is changed with the present one, and only with it', async () => {
    const { device, clara } = await enrolled();
    const input = (former: string): Record<'former' | 'wanted', Buffer<ArrayBuffer>> => ({
      ...{ former: utf8(former), wanted: utf8('clara signs in anew') },
    });
    expect(await device.refusal('ownAccount', 'changeLogInPassword', input('wrong'))).toBe(
      'wrongCredentials',
    );
    await device.ask('ownAccount', 'changeLogInPassword', input(clara.password));
    await expect(site.signIn(site.device(), clara)).rejects.toThrow('wrongCredentials');
    const step = await site.signIn(site.device(), { ...clara, password: 'clara signs in anew' });
    expect(step.needs).toBe('masterPassword');
  });
});

/** The code that an authenticator shows `steps` half minutes from now: no code is taken twice. */
function codeOf(secret: string, steps = 0): string {
  return totpCode(parseTotp(utf8(secret)), Date.now() + steps * 30_000).code;
}

describe('the second factor', () => {
  it('is set up, asked for, passed by a recovery code, and switched off', async () => {
    const { device, clara } = await enrolled();
    const wrong = { password: utf8('wrong') };
    expect(await device.refusal('ownAccount', 'setUpTwoFactor', wrong)).toBe('wrongCredentials');
    const drawn = await device.ask('ownAccount', 'setUpTwoFactor', { password: utf8(clara.password) });
    expect(drawn.modules).toHaveLength(drawn.size ** 2);
    expect(await device.refusal('ownAccount', 'enableTwoFactor', { code: '000000' })).toBe(
      'wrongTwoFactorCode',
    );
    const { recoveryCodes } = await device.ask('ownAccount', 'enableTwoFactor', {
      code: codeOf(drawn.secret, -1),
    });
    expect(recoveryCodes).toHaveLength(10);
    expect((await device.ask('ownAccount', 'overview', {})).twoFactor).toBe(true);

    const other = site.device();
    const step = await site.signIn(other, clara);
    expect(step.needs).toBe('twoFactorCode');
    const { enrolmentId } = step;
    const code = recoveryCodes[0] ?? '';
    expect((await other.ask('accounts', 'confirmTwoFactor', { enrolmentId, code })).needs).toBe(
      'masterPassword',
    );
    await other.ask('accounts', 'enrol', { enrolmentId, secret: utf8(master) });

    const renewed = await device.ask('ownAccount', 'renewRecoveryCodes', { code: codeOf(drawn.secret) });
    expect(renewed.recoveryCodes).not.toContain(recoveryCodes[1]);
    const spent = { code: recoveryCodes[1] ?? '' };
    expect(await device.refusal('ownAccount', 'disableTwoFactor', spent)).toBe('wrongTwoFactorCode');
    await device.ask('ownAccount', 'disableTwoFactor', { code: renewed.recoveryCodes[0] ?? '' });
    expect((await site.signIn(site.device(), clara)).needs).toBe('masterPassword');
  });

  it('hands the recovery codes to a file for its owner alone', async () => {
    const { device } = await enrolled();
    device.dialogs.target = path.join(device.folder, 'codes.txt');
    const saved = { title: 'Codes', recoveryCodes: ['abcde-fghij', 'klmno-pqrst'] };
    expect(await device.ask('ownAccount', 'saveRecoveryCodes', saved)).toEqual({ saved: true });
    expect(readFileSync(device.dialogs.target, 'utf8')).toContain('klmno-pqrst');
    expect(statSync(device.dialogs.target).mode & 0o077).toBe(0);
  });
});

describe('the emergency sheet', () => {
  const line = 'Words <b>of</b> the sheet';
  const words = {
    ...{ language: 'en' as const, title: line, purpose: line, server: line, login: line, name: line },
    ...{ keyWords: line, keyWordsUse: line, date: line, masterPassword: line, byHand: line, keep: line },
  };

  it('says where the account is, and holds no secret and nothing that runs', async () => {
    const { device, clara } = await enrolled();
    device.dialogs.target = path.join(device.folder, 'sheet.html');
    expect(await device.ask('ownAccount', 'saveSheet', { words })).toEqual({ saved: true });
    const page = readFileSync(device.dialogs.target, 'utf8');
    const { key } = await device.ask('ownAccount', 'overview', {});
    for (const public_ of [site.proxy.url, clara.login, key?.words.join(' ') ?? '?'])
      expect(page).toContain(public_);
    for (const secret of [clara.password, master, 'BEGIN', '<b>', '<script'])
      expect(page).not.toContain(secret);
    expect(page).toContain("default-src 'none'");
  });

  it('is not written when the person gives up', async () => {
    const { device } = await enrolled();
    expect(await device.ask('ownAccount', 'saveSheet', { words })).toEqual({ saved: false });
  });
});

describe('a secret while it is typed', () => {
  it('is told how strong it is and which rules it breaks', async () => {
    const device = site.device();
    const rule = { minimumLength: 12, requiredSets: ['digits' as const] };
    const judge = (secret: string, ownWords: string[] = []) =>
      device.ask('accounts', 'judgeSecret', { secret: utf8(secret), rule, ownWords });
    expect(await judge('password')).toMatchObject({ score: 0, broken: ['length', 'digits'] });
    expect(await judge('orbit pencil velvet harbor 7')).toMatchObject({ score: 4, broken: [] });
    const { score } = await judge('kassandra-okonkwo');
    expect((await judge('kassandra-okonkwo', ['kassandra', 'okonkwo'])).score).toBeLessThan(score);
  });
});

describe('a server that offers none of it', () => {
  it('is not asked for it', async () => {
    const clara = await site.newcomer();
    const bare = ['masterPasswordChange', 'ownAccount', 'twoFactor'];
    site.proxy.tell(withoutFeature(...bare));
    const device = site.device();
    await site.enrol(device, clara, master);
    expect((await device.ask('ownAccount', 'overview', {})).offers).toEqual([]);
    const asked = site.proxy.requests.length;
    const password = { password: utf8(clara.password) };
    expect(await device.refusal('ownAccount', 'setUpTwoFactor', password)).toBe('notOffered');
    const change = {
      former: utf8(master),
      wanted: utf8('another master password'),
      logIn: utf8(clara.password),
    };
    expect(await device.refusal('ownAccount', 'changeMasterPassword', change)).toBe('notOffered');
    expect(site.proxy.requests.length).toBe(asked);
  });
});
