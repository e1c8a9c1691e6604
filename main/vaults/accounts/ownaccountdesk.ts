/**
 * What a person does with their own account while it is open: another master password, another
 * log-in password, the second factor, the sheet for the safe. Everything but the sheet is asked of
 * the server, and only what this server announced is offered.
 */
import { writeFile } from 'node:fs/promises';
import { StrongroomError } from '../../../contract/errors.ts';
import type { Output } from '../../../contract/index.ts';
import type { OwnAccountOffer, OwnAccountOverview, SheetWords } from '../../../contract/ownaccount.ts';
import { asDiskFault } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import {
  changeLogInPassword,
  disableTwoFactor,
  readMasterPasswordRule,
  readUserInfo,
  setUpTwoFactor,
  takeRecoveryCodes,
} from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import { keyWords } from '../administering/keywords.ts';
import { drawQr } from '../reading/codes.ts';
import { emergencySheet } from './emergencysheet.ts';
import type { MasterPasswordChange, PasswordChange } from './masterpasswordchange.ts';
import type { OpenAccount } from './openaccount.ts';
import { isTooShort, shortestLogInPassword } from './secretrules.ts';

export interface OwnAccountParts {
  /** Throws `locked`. */
  readonly current: () => OpenAccount;
  /** Throws `locked`. */
  readonly masterPassword: () => MasterPasswordChange;
  /** Where to save; null when the person gave up. */
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>;
}

/** The feature of the server behind each offer. */
const features: Readonly<Record<OwnAccountOffer, string>> = {
  masterPassword: 'masterPasswordChange',
  logInPassword: 'ownAccount',
  twoFactor: 'twoFactor',
};
const offers: readonly OwnAccountOffer[] = ['masterPassword', 'logInPassword', 'twoFactor'];

export class OwnAccountDesk {
  readonly #parts: OwnAccountParts;

  constructor(parts: OwnAccountParts) {
    this.#parts = parts;
  }

  /** Throws the network's codes. */
  async overview(): Promise<OwnAccountOverview> {
    const account = this.#parts.current();
    const { profile, mode, client } = account;
    const isEncrypted = mode === 'client';
    const [info, rule] = await Promise.all([
      readUserInfo(client),
      isEncrypted ? readMasterPasswordRule(client) : null,
    ]);
    const key = this.#key(account);
    return {
      ...{ login: profile.account.login, fullName: profile.account.fullName },
      host: new URL(profile.server.origin).host,
      offers: offers.filter((offer) => (isEncrypted || offer !== 'masterPassword') && this.#offers(offer)),
      twoFactor: info.isTwoFactorAuthEnabled,
      masterPasswordRule: rule && {
        minimumLength: rule.minimumLength,
        requiredSets: [...rule.requiredSets],
      },
      key: key === null ? null : { fingerprint: key, words: keyWords(key) },
    };
  }

  /** All bytes are wiped. Throws as `MasterPasswordChange.change`. */
  async changeMasterPassword(passwords: PasswordChange): Promise<{ settled: boolean }> {
    const { former, wanted, logIn } = passwords;
    try {
      const account = this.#parts.current();
      const settled = await this.#parts.masterPassword().change(passwords);
      account.synchroniser.schedule.wanted();
      return { settled };
    } finally {
      wipe(former, wanted, logIn);
    }
  }

  /** The bytes are wiped. Throws as `MasterPasswordChange.adopt`. */
  async adoptMasterPassword(secret: Uint8Array): Promise<void> {
    try {
      const account = this.#parts.current();
      await this.#parts.masterPassword().adopt(secret);
      account.synchroniser.schedule.wanted();
    } finally {
      wipe(secret);
    }
  }

  /** The bytes are wiped. Throws `wrongCredentials`, `refused` for a password that is too short. */
  async changeLogInPassword(former: Uint8Array, wanted: Uint8Array): Promise<void> {
    try {
      const { client } = this.#offered('logInPassword');
      if (isTooShort(wanted, shortestLogInPassword)) throw new StrongroomError('refused');
      await changeLogInPassword(client, former, wanted);
    } finally {
      wipe(former, wanted);
    }
  }

  /** The bytes are wiped. Throws `wrongCredentials`, `changedMeanwhile`. */
  async setUpTwoFactor(password: Uint8Array): Promise<Output<'ownAccount', 'setUpTwoFactor'>> {
    try {
      const { secret, uri } = await setUpTwoFactor(this.#offered('twoFactor').client, password);
      const address = Buffer.from(uri, 'utf8');
      try {
        return { secret, ...drawQr(address) };
      } finally {
        wipe(address);
      }
    } finally {
      wipe(password);
    }
  }

  /** Throws `wrongTwoFactorCode`, `changedMeanwhile`. */
  async takeRecoveryCodes(
    deed: 'enable' | 'recovery-codes',
    code: string,
  ): Promise<{ recoveryCodes: string[] }> {
    return { recoveryCodes: await takeRecoveryCodes(this.#offered('twoFactor').client, deed, code) };
  }

  /** Throws `wrongTwoFactorCode`, `changedMeanwhile`. */
  disableTwoFactor(code: string): Promise<void> {
    return disableTwoFactor(this.#offered('twoFactor').client, code);
  }

  /** Throws disk codes. The file is for its owner's eyes. */
  saveRecoveryCodes(title: string, codes: readonly string[]): Promise<{ saved: boolean }> {
    const { profile } = this.#parts.current();
    const { login } = profile.account;
    const host = new URL(profile.server.origin).host;
    const text = [title, `${login} · ${host}`, '', ...codes, ''].join('\n');
    return this.#save('recovery-codes.txt', text);
  }

  /** Throws disk codes. */
  saveSheet(words: SheetWords): Promise<{ saved: boolean }> {
    const account = this.#parts.current();
    const { server, account: person } = account.profile;
    const key = this.#key(account);
    const facts = {
      ...{ server: server.origin, login: person.login, fullName: person.fullName },
      keyWords: key === null ? [] : keyWords(key),
      date: new Intl.DateTimeFormat(words.language, { dateStyle: 'long' }).format(Date.now()),
    };
    return this.#save('emergency-sheet.html', emergencySheet(words, facts));
  }

  async #save(suggestedName: string, text: string): Promise<{ saved: boolean }> {
    const target = await this.#parts.chooseTarget(suggestedName);
    if (target === null) return { saved: false };
    try {
      await writeFile(target, text, { mode: 0o600 });
    } catch (failure) {
      throw asDiskFault(failure);
    }
    return { saved: true };
  }

  #key({ mirror }: OpenAccount): string | null {
    return mirror.pins.read()?.ownPublicKey ?? null;
  }

  #offers(offer: OwnAccountOffer): boolean {
    return announcedFeatures(this.#parts.current().mirror).has(features[offer]);
  }

  /** Throws `notOffered`. */
  #offered(offer: OwnAccountOffer): OpenAccount {
    if (!this.#offers(offer)) throw new StrongroomError('notOffered');
    return this.#parts.current();
  }
}
