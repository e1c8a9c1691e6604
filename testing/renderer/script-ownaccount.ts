/** The scripted own account: a door that knows one log-in password, one code and one invitation. */
import qrcode from 'qrcode';
import type { EnrolmentStep, SecretJudgement } from '../../contract/accounts.ts';
import type { Handlers, Stage } from './scripted.ts';

/** What the scripted server knows. */
export const knownCode = '123456';
export const knownInvitation = 'welcome-to-corp';
const logInWords = 'correct horse battery';

const text = (secret: Uint8Array): string => new TextDecoder().decode(secret);
const rule = { minimumLength: 12, requiredSets: [] };
const recoveryCodes = [
  ...['kd4mt-9wqpz', 'h7xc3-nvb2r', 'p5ty8-zk6md', 'w2fg9-qj4hs', 'c8rn3-vx7bt'],
  ...['m6pz4-ky9dw', 't3hj5-gf8qc', 'b9vs2-rn6xk', 'y4dw7-pm3zt', 'q8ck5-hj2gf'],
];

/** A step as it comes to somebody without keys. */
export const newPasswordStep = { needs: 'newMasterPassword', masterPasswordRule: rule } as const;

/** Longer is better here; the real estimator is elsewhere. */
function judged(secret: Uint8Array): SecretJudgement {
  const { length } = [...text(secret)];
  const score = Math.min(4, Math.floor(length / 5));
  return {
    score,
    reason: score < 3 ? 'word' : 'none',
    broken: length < rule.minimumLength ? ['length'] : [],
  };
}

type BeforeParts = Pick<Handlers['accounts'], 'judgeSecret' | 'openInvitation' | 'acceptInvitation'>;

/** The channels of accounts that come before a password of the person's own is there. */
export function scriptNewcomers(step: Omit<EnrolmentStep, 'needs'>): BeforeParts {
  return {
    judgeSecret: ({ secret }) => judged(secret),
    openInvitation: ({ code }) =>
      code === knownInvitation
        ? {
            organisation: 'Corp',
            fullName: 'Anna Orlova',
            email: 'a.orlova@corp.example',
            clientSideEncryption: true,
          }
        : { fails: 'inviteInvalid' },
    acceptInvitation: ({ login }) =>
      login === 'taken' ? { fails: 'loginTaken' } : { ...step, ...newPasswordStep },
  };
}

export function scriptOwnAccount({ scenario, accounts }: Stage): Pick<Handlers, 'ownAccount'> {
  let twoFactor = scenario.twoFactor;
  const opens = (secret: Uint8Array): boolean => text(secret) === logInWords;
  const wrongCode = { fails: 'wrongTwoFactorCode' } as const;
  return {
    ownAccount: {
      overview: () => ({
        ...{ login: 'a.orlova', fullName: accounts[0]?.fullName ?? '', host: accounts[0]?.host ?? '' },
        offers: scenario.clientSideEncryption
          ? ['masterPassword', 'logInPassword', 'twoFactor']
          : ['logInPassword', 'twoFactor'],
        twoFactor,
        masterPasswordRule: scenario.clientSideEncryption ? rule : null,
        key: scenario.clientSideEncryption
          ? {
              fingerprint: '4f'.repeat(32),
              words: ['harbor', 'velvet', 'tundra', 'pencil', 'mosaic', 'orbit', 'ginger', 'lantern'],
            }
          : null,
      }),
      changeMasterPassword: ({ former, logIn }) => {
        if (!opens(former)) return { fails: 'wrongMasterPassword' };
        return opens(logIn) ? { settled: true } : { fails: 'wrongCredentials' };
      },
      adoptMasterPassword: ({ secret }) => (opens(secret) ? {} : { fails: 'wrongMasterPassword' }),
      changeLogInPassword: ({ former }) => (opens(former) ? {} : { fails: 'wrongCredentials' }),
      setUpTwoFactor: ({ password }) => {
        if (!opens(password)) return { fails: 'wrongCredentials' };
        const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
        const { modules } = qrcode.create(`otpauth://totp/Corp:a.orlova?secret=${secret}&issuer=Corp`, {});
        const drawn = Array.from(modules.data, (dark) => (dark ? '1' : '0')).join('');
        return { secret, size: modules.size, modules: drawn };
      },
      enableTwoFactor: ({ code }) => {
        if (code !== knownCode) return wrongCode;
        twoFactor = true;
        return { recoveryCodes };
      },
      renewRecoveryCodes: ({ code }) => (code === knownCode ? { recoveryCodes } : wrongCode),
      disableTwoFactor: ({ code }) => {
        if (code !== knownCode) return wrongCode;
        twoFactor = false;
        return {};
      },
      saveRecoveryCodes: () => ({ saved: true }),
      saveSheet: () => ({ saved: true }),
    },
  };
}
