// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { EnrolmentStep, ServerInspection } from '../../../contract/accounts.ts';
import type { Result } from '../../../contract/errors.ts';
import { useEnrolment } from './enrolment.ts';

const inspection = (trusted: boolean): ServerInspection => ({
  origin: 'https://vault.example',
  host: 'vault.example',
  certificate: {
    trusted,
    fingerprint: 'AA:BB',
    subject: 's',
    issuer: 'i',
    validFrom: 0,
    validTo: 1,
    reason: trusted ? null : 'selfSigned',
  },
});
const step = (needs: EnrolmentStep['needs']): EnrolmentStep => ({
  enrolmentId: 'e1',
  needs,
  fullName: 'Anna',
  login: 'anna',
  keyDerivation: null,
});
const bytes = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode('secret');

let bridge: FakeBridge;
let trusted: boolean;

beforeEach(() => {
  setActivePinia(createPinia());
  trusted = true;
  bridge = fakeBridge({
    accounts: {
      inspectServer: () => done(inspection(trusted)),
      signIn: () => done(step('twoFactorCode')),
      confirmTwoFactor: ({ code }) =>
        code === '123456'
          ? done(step('masterPassword'))
          : { ok: false, error: { code: 'wrongTwoFactorCode', params: {} } },
      openInvitation: ({ code }) =>
        code === 'welcome'
          ? done({ organisation: 'Corp', fullName: 'Anna', email: '', clientSideEncryption: true })
          : { ok: false, error: { code: 'inviteInvalid', params: {} } },
      acceptInvitation: () => done({ ...step('newMasterPassword'), knownHere: true }),
      enrol: () => ({ ok: false, error: { code: 'wrongMasterPassword', params: {} } }),
      abandonEnrolment: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

const inputOf = (name: string): unknown => bridge.calls.find((call) => call.name === name)?.input;

describe('adding an account', () => {
  it('goes straight on from a server that the system trusts', async () => {
    const enrolment = useEnrolment();
    enrolment.address = ' https://vault.example ';
    await enrolment.inspect();
    expect(enrolment.stage).toBe('signIn');
    enrolment.login = 'anna';
    await enrolment.signIn(bytes());
    expect(inputOf('accounts.signIn')).toMatchObject({ acceptedFingerprint: null, login: 'anna' });
  });

  it('waits for the fingerprint to be compared where the system does not trust it', async () => {
    trusted = false;
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    await enrolment.inspect();
    enrolment.acceptCertificate();
    expect(enrolment.stage).toBe('server');
    enrolment.compared = true;
    enrolment.acceptCertificate();
    expect(enrolment.stage).toBe('signIn');
    await enrolment.signIn(bytes());
    expect(inputOf('accounts.signIn')).toMatchObject({ acceptedFingerprint: 'AA:BB' });
  });

  it('stays at the step that failed and says why', async () => {
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    await enrolment.inspect();
    await enrolment.signIn(bytes());
    await enrolment.confirmTwoFactor('000000');
    expect(enrolment.stage).toBe('twoFactorCode');
    expect(enrolment.failure?.code).toBe('wrongTwoFactorCode');
    await enrolment.confirmTwoFactor('123456');
    expect(enrolment.stage).toBe('masterPassword');
    expect(await enrolment.enrol(bytes())).toBe(false);
    expect(enrolment.stage).toBe('masterPassword');
  });

  it('loses no typed text on the way back, and lets the server forget the attempt', async () => {
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    enrolment.login = 'anna';
    await enrolment.inspect();
    await enrolment.signIn(bytes());
    await enrolment.back();
    expect(enrolment.stage).toBe('signIn');
    expect(inputOf('accounts.abandonEnrolment')).toEqual({ enrolmentId: 'e1' });
    await enrolment.back();
    expect(enrolment.stage).toBe('server');
    expect([enrolment.address, enrolment.login]).toEqual(['https://vault.example', 'anna']);
  });

  it('goes from an invitation to the new master password, and spends the code once', async () => {
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    enrolment.invited = true;
    await enrolment.inspect();
    enrolment.inviteCode = 'mistyped';
    await enrolment.openInvitation();
    expect([enrolment.stage, enrolment.failure?.code]).toEqual(['invitation', 'inviteInvalid']);
    enrolment.inviteCode = ' welcome ';
    await enrolment.openInvitation();
    expect(enrolment.stage).toBe('invitationAccount');
    enrolment.login = 'anna';
    await enrolment.acceptInvitation('Anna O.', bytes());
    expect(inputOf('accounts.acceptInvitation')).toMatchObject({ code: 'welcome', fullName: 'Anna O.' });
    expect(enrolment.stage).toBe('newMasterPassword');
    await enrolment.back();
    expect([enrolment.stage, enrolment.inviteCode]).toEqual(['signIn', '']);
  });

  it('puts a copy beside the one that is here only when that was said for this very attempt', async () => {
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    await enrolment.inspect();
    await enrolment.signIn(bytes());
    await enrolment.enrol(bytes());
    expect(inputOf('accounts.enrol')).toMatchObject({ beside: false });
    enrolment.beside = true;
    await enrolment.back();
    expect(enrolment.beside).toBe(false);
  });

  it('drops an answer that comes after the person went back', async () => {
    const answer = later<Result<ServerInspection>>();
    vi.stubGlobal('strongroom', fakeBridge({ accounts: { inspectServer: () => answer.promise } }).api);
    const enrolment = useEnrolment();
    enrolment.address = 'https://vault.example';
    const asked = enrolment.inspect();
    await enrolment.back();
    answer.resolve(done(inspection(true)));
    await asked;
    expect(enrolment.stage).toBe('server');
    expect(enrolment.busy).toBe(false);
  });
});
