/**
 * Adding an account, step by step. What was typed (except secrets) stays here through every
 * way back and every failure, and is forgotten when the account stands or is given up.
 */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { EnrolmentStep, ServerInspection } from '../../../contract/accounts.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type EnrolmentStage = 'server' | 'signIn' | 'twoFactorCode' | 'masterPassword' | 'devicePassphrase';

export const useEnrolment = defineStore('enrolment', () => {
  const address = ref('');
  const login = ref('');
  const inspection = ref<ServerInspection | null>(null);
  /** The person has compared the fingerprint of a certificate that the system does not trust. */
  const compared = ref(false);
  const step = ref<EnrolmentStep | null>(null);
  const signingIn = ref(false);
  const failure = ref<Failure | null>(null);
  const busy = ref(false);
  let generation = 0;

  const stage = computed<EnrolmentStage>(() => step.value?.needs ?? (signingIn.value ? 'signIn' : 'server'));
  const needsComparing = computed(() => inspection.value?.certificate?.trusted === false);

  /** Runs one call at a time, keeps its failure for the form, and drops an answer that came too late. */
  async function run<T>(
    call: () => Promise<{ ok: true; value: T } | { ok: false; error: Failure }>,
  ): Promise<T | null> {
    if (busy.value) return null;
    const asked = generation;
    busy.value = true;
    failure.value = null;
    const answer = await call();
    if (asked !== generation) return null;
    busy.value = false;
    if (!answer.ok) failure.value = answer.error;
    return answer.ok ? answer.value : null;
  }

  /** Looks at the server before anything secret is sent; a trusted one leads straight on. */
  async function inspect(): Promise<void> {
    inspection.value = null;
    compared.value = false;
    const seen = await run(() => bridge().accounts.inspectServer({ address: address.value.trim() }));
    if (!seen) return;
    inspection.value = seen;
    if (!needsComparing.value) signingIn.value = true;
  }

  function acceptCertificate(): void {
    if (compared.value) signingIn.value = true;
  }

  async function signIn(password: Uint8Array<ArrayBuffer>): Promise<void> {
    const seen = inspection.value;
    if (!seen) return;
    const acceptedFingerprint = needsComparing.value ? (seen.certificate?.fingerprint ?? null) : null;
    step.value = await run(() =>
      bridge().accounts.signIn({
        address: seen.origin,
        acceptedFingerprint,
        login: login.value.trim(),
        password,
      }),
    );
  }

  async function confirmTwoFactor(code: string): Promise<void> {
    const enrolmentId = step.value?.enrolmentId;
    if (!enrolmentId) return;
    step.value = (await run(() => bridge().accounts.confirmTwoFactor({ enrolmentId, code }))) ?? step.value;
  }

  /** True when the account stands; the session's own event then opens the workspace. */
  async function enrol(secret: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const enrolmentId = step.value?.enrolmentId;
    if (!enrolmentId) return false;
    const made = await run(() => bridge().accounts.enrol({ enrolmentId, secret }));
    if (made) start();
    return made !== null;
  }

  async function abandonStep(): Promise<void> {
    const enrolmentId = step.value?.enrolmentId;
    step.value = null;
    if (!enrolmentId) return;
    const answer = await bridge().accounts.abandonEnrolment({ enrolmentId });
    if (!answer.ok && answer.error.code !== 'enrolmentExpired') failure.value = answer.error;
  }

  /** One step back; the server forgets a half-finished enrolment. */
  async function back(): Promise<void> {
    generation += 1;
    busy.value = false;
    failure.value = null;
    if (step.value) return abandonStep();
    signingIn.value = false;
  }

  /** A clean beginning. */
  function start(): void {
    generation += 1;
    address.value = '';
    login.value = '';
    inspection.value = null;
    compared.value = false;
    step.value = null;
    signingIn.value = false;
    failure.value = null;
    busy.value = false;
  }

  return {
    address,
    login,
    inspection,
    compared,
    step,
    failure,
    busy,
    stage,
    needsComparing,
    inspect,
    acceptCertificate,
    signIn,
    confirmTwoFactor,
    enrol,
    abandonStep,
    back,
    start,
  };
});
