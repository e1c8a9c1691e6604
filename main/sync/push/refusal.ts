/**
 * What becomes of an operation that the server did not take, by the failure of its sending.
 *
 * Whether a request arrived is not known when its answer is missing, so the operation stays as it
 * was sent. Everything that a server says outright is an answer: then nothing has happened there,
 * and either the operation can never go out as it is, or something has to be looked at first.
 */
import type { StrongroomError } from '../../../contract/errors.ts';
import type { OutboxChange } from '../../mirror/index.ts';

/**
 * `stop`: nothing more can be sent now. `stays`: its answer is missing; others go on. `hold`: a
 * person has to see to it. `gone`: what it is about is not there. `look`: it was changed there
 * meanwhile. `reused`: another request went out under its key once. `rekeyed`: the vault has another
 * key since it was sealed.
 */
export type Refusal = 'stop' | 'stays' | 'hold' | 'gone' | 'look' | 'reused' | 'rekeyed';

/** Failures that concern every request alike. */
const ofTheAccount: ReadonlySet<string> = new Set([
  'cancelled',
  'locked',
  'signInAgain',
  'twoFactorRequired',
  'wrongMasterPassword',
  'blockedAccount',
  'hashDemandedTooEarly',
  'certificateUntrusted',
  'certificateChanged',
  'encryptionModeChanged',
  'notPasswork',
  'mirrorDamaged',
  'diskFull',
  'diskReadOnly',
]);

/** Whether a change puts something into a folder, which may have gone meanwhile. */
function namesFolder(change: OutboxChange): boolean {
  switch (change.kind) {
    case 'create':
    case 'move':
      return change.place.folderId !== null;
    case 'createFolder':
    case 'moveFolder':
      return change.parentId !== null;
    default:
      return false;
  }
}

export function refusalFor({ code, params }: StrongroomError, change: OutboxChange): Refusal {
  if (ofTheAccount.has(code)) return 'stop';
  switch (code) {
    case 'unreachable':
      // A line that breaks may do so at this one request; a server that is not there is so for all.
      return params['reason'] === 'reset' || params['reason'] === 'other' ? 'stays' : 'stop';
    case 'serverBusy':
      return params['retryAfterMs'] !== undefined || isForAll(params['status']) ? 'stop' : 'stays';
    case 'notFound':
      return 'gone';
    case 'changedMeanwhile':
      return 'look';
    case 'vaultKeyChanged':
      return 'rekeyed';
    case 'badAnswer':
      if (params['reason'] === 'keyReused') return 'reused';
      // Where something is put into what does not stand there any more, the request is called a bad one.
      if (params['status'] === 400 && namesFolder(change)) return 'gone';
      return params['reason'] === 'status' ? 'hold' : 'stays';
    default:
      return 'hold';
  }
}

/** Too many requests, locked, or not in service: no other request fares better. */
function isForAll(status: string | number | undefined): boolean {
  return status === 423 || status === 429 || status === 503;
}
