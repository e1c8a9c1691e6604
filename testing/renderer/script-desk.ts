/** The scripted accounts, session, settings, sync and surroundings. */
import { defaultSettings } from '../../contract/defaultsettings.ts';
import type { EnrolmentStep } from '../../contract/accounts.ts';
import type { SettingsView } from '../../contract/settings.ts';
import { newPasswordStep, scriptNewcomers } from './script-ownaccount.ts';
import type { Handlers, Stage } from './scripted.ts';

/** The one secret that the scripted door accepts. */
const openingWords = 'correct horse battery';

const firstSettings: SettingsView = { ...defaultSettings, theme: 'light', language: 'en' };

const step: Omit<EnrolmentStep, 'needs'> = {
  enrolmentId: 'enrolment-1',
  fullName: 'Anna Orlova',
  login: 'a.orlova',
  keyDerivation: { digest: 'sha256', iterations: 300_000, bytes: 64 },
};

function certificate(trusted: boolean) {
  return {
    trusted,
    fingerprint: Array.from({ length: 32 }, (_, index) =>
      ((index * 53 + 17) % 256).toString(16).padStart(2, '0').toUpperCase(),
    ).join(':'),
    subject: 'CN=vault.corp.example, O=Corp',
    issuer: 'CN=Corp Internal Root CA 2, O=Corp',
    validFrom: Date.UTC(2026, 0, 1),
    validTo: Date.UTC(2028, 0, 1),
    reason: trusted ? null : ('unknownAuthority' as const),
  };
}

type DeskParts = Pick<Handlers, 'accounts' | 'session' | 'settings' | 'desktop'>;

export function scriptDesk(stage: Stage): DeskParts {
  const { scenario } = stage;
  let settings: SettingsView = { ...firstSettings, ...scenario.settings };

  const state = () => ({
    unlocked: stage.unlocked,
    lockReason: scenario.lockReason,
    current: stage.accounts[0] ?? null,
  });
  const opens = (secret: Uint8Array): boolean => new TextDecoder().decode(secret) === openingWords;

  const firstStep = {
    ...(scenario.enrolment === 'newMasterPassword' ? newPasswordStep : { needs: scenario.enrolment }),
    ...(scenario.knownHere ? { knownHere: true } : {}),
  };

  function unlock(): void {
    stage.unlocked = true;
    stage.emit('sessionChanged', state());
  }

  return {
    accounts: {
      list: () => ({ accounts: [...stage.accounts], damaged: [...scenario.damaged] }),
      inspectServer: ({ address }) => {
        if (!address.startsWith('https://')) return { fails: 'badAddress', params: { reason: 'notUrl' } };
        const host = address.slice('https://'.length);
        return { origin: address, host, certificate: certificate(scenario.trusted) };
      },
      signIn: ({ password }) => (opens(password) ? { ...step, ...firstStep } : { fails: 'wrongCredentials' }),
      confirmTwoFactor: ({ code }) =>
        code === '123456' ? { ...step, needs: 'masterPassword' } : { fails: 'wrongTwoFactorCode' },
      enrol: ({ secret }) => {
        const [account] = stage.accounts;
        const isNew = scenario.enrolment === 'newMasterPassword';
        if (!account || !(isNew || opens(secret))) return { fails: 'wrongMasterPassword' };
        unlock();
        return account;
      },
      ...scriptNewcomers(step),
      abandonEnrolment: () => ({}),
      renewSignIn: ({ password }) => (opens(password) ? {} : { fails: 'wrongCredentials' }),
      remove: ({ accountId }) => {
        stage.accounts.splice(
          0,
          stage.accounts.length,
          ...stage.accounts.filter(({ id }) => id !== accountId),
        );
        return {};
      },
    },
    session: {
      state: () => state(),
      unlock: ({ secret }) => {
        const [account] = stage.accounts;
        if (scenario.offlineTermDays !== null) {
          return { fails: 'offlineTermOver', params: { days: scenario.offlineTermDays } };
        }
        if (!opens(secret) || !account) return { fails: 'wrongMasterPassword' };
        unlock();
        return account;
      },
      switchTo: () => stage.accounts[0] ?? { fails: 'noSuchAccount' },
      lock: () => {
        stage.unlocked = false;
        stage.emit('sessionChanged', { ...state(), lockReason: 'hand' });
        return {};
      },
    },
    settings: {
      read: () => settings,
      update: (change) => {
        settings = { ...settings, ...change } as SettingsView;
        stage.emit('settingsChanged', settings);
        return settings;
      },
    },
    desktop: {
      about: () => ({
        version: '0.1.0',
        platform: 'linux',
        systemLocale: 'en-GB',
        isElectron: false,
        devicePlatformProtection: 'none',
      }),
    },
  };
}
