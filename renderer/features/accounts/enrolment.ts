/**
 * Adding an account, step by step. What was typed (except secrets) stays here through every
 * way back and every failure, and is forgotten when the account stands or is given up.
 */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { EnrolmentStep, Invitation, ServerInspection } from '../../../contract/accounts.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type EnrolmentStage =
  'server' | 'signIn' | 'invitation' | 'invitationAccount' | EnrolmentStep['needs'];

export const useEnrolment = defineStore('enrolment', () => {
  const address = ref('');
  const login = ref('');
  const inspection = ref<ServerInspection | null>(null);
  /** The person has compared the fingerprint of a certificate that the system does not trust. */
  const compared = ref(false);
  const step = ref<EnrolmentStep | null>(null);
  const signingIn = ref(false);
  /** The person has an invitation and no account yet. */
  const invited = ref(false);
  const invitation = ref<Invitation | null>(null);
  const inviteCode = ref('');
  /** The person knows of the copy of this account that is here, and asked for another one beside it. */
  const beside = ref(false);
  const failure = ref<Failure | null>(null);
  const busy = ref(false);
  let generation = 0;

  const stage = computed<EnrolmentStage>(() => {
    if (step.value) return step.value.needs;
    if (!signingIn.value) return 'server';
    if (!invited.value) return 'signIn';
    return invitation.value ? 'invitationAccount' : 'invitation';
  });
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

  /** The server as it was seen, with what the person accepted of it. */
  function server(): { address: string; acceptedFingerprint: string | null } | null {
    const seen = inspection.value;
    if (!seen) return null;
    const acceptedFingerprint = needsComparing.value ? (seen.certificate?.fingerprint ?? null) : null;
    return { address: seen.origin, acceptedFingerprint };
  }

  async function signIn(password: Uint8Array<ArrayBuffer>): Promise<void> {
    const at = server();
    if (!at) return;
    step.value = await run(() => bridge().accounts.signIn({ ...at, login: login.value.trim(), password }));
  }

  /** Asks what the invitation is to; the code stays for the step after it. */
  async function openInvitation(): Promise<void> {
    const at = server();
    const code = inviteCode.value.trim();
    if (!at || code === '') return;
    invitation.value = await run(() => bridge().accounts.openInvitation({ ...at, code }));
  }

  /** Makes the invited account and signs in to it. */
  async function acceptInvitation(fullName: string, password: Uint8Array<ArrayBuffer>): Promise<void> {
    const at = server();
    if (!at) return;
    const account = { code: inviteCode.value.trim(), fullName: fullName.trim(), login: login.value.trim() };
    step.value = await run(() => bridge().accounts.acceptInvitation({ ...at, ...account, password }));
    // The code is spent: whoever goes back from here signs in.
    if (step.value) forgetInvitation();
  }

  function forgetInvitation(): void {
    invited.value = false;
    invitation.value = null;
    inviteCode.value = '';
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
    const made = await run(() => bridge().accounts.enrol({ enrolmentId, secret, beside: beside.value }));
    if (made) start();
    return made !== null;
  }

  async function abandonStep(): Promise<void> {
    const enrolmentId = step.value?.enrolmentId;
    step.value = null;
    beside.value = false;
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
    if (invitation.value) {
      invitation.value = null;
      return;
    }
    signingIn.value = false;
    invited.value = false;
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
    beside.value = false;
    forgetInvitation();
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
    invited,
    invitation,
    inviteCode,
    beside,
    stage,
    needsComparing,
    inspect,
    acceptCertificate,
    signIn,
    openInvitation,
    acceptInvitation,
    confirmTwoFactor,
    enrol,
    abandonStep,
    back,
    start,
  };
});
