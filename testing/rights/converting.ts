/**
 * Turning client-side encryption off, as far as the trials of rights need it: begun before each of
 * them, and given up after it.
 */
import type { Member } from '../organisation/index.ts';
import type { Attempt, Prepare } from './attempts.ts';
import { octets, partData, uploaded } from './parts.ts';
import type { Stage } from './stage.ts';

type Step = 'begin' | 'ask' | 'walk' | 'put by' | 'file' | 'read file' | 'read part' | 'part';

const path = '/encryption-change';
const passwordOf = (who: Member | undefined) => ({ password: who?.person.password ?? 'none' });

const begin = (who: Member) => who.http.send('POST', path, { direction: 'off', ...passwordOf(who) });
const giveUp = (who: Member) => who.http.send('DELETE', path).catch(() => undefined);

/** Whoever begins for somebody: an administrator of the same organisation. */
const beginnerFor = (stage: Stage, who: Member | undefined): Member =>
  who !== undefined && who === stage.people.get('stranger') ? who : stage.owner;

/** The way of a vault's conversion to one of its steps, which is tried by somebody. */
export function onConversion(step: Step): Prepare {
  return async (stage): Promise<Attempt> => {
    const { owner, vaultId } = stage;
    const { attachmentId, itemId } = await uploaded(stage);
    await giveUp(owner);
    await begin(owner);
    const vault = `/vaults/${vaultId}/encryption`;
    const undo = () => giveUp(owner);
    if (step === 'begin') return { path: vault, body: {}, undo };
    await owner.http.send('POST', vault, {});
    const file = `${vault}/files/${attachmentId}`;
    const object = { kind: 'item', id: itemId, state: 'a'.repeat(64), keyEncrypted: null };
    const plain = { ...object, passwordEncrypted: null, customs: [], attachments: [] };
    const converted = { attachmentId, encryptedData: 'cGxhaW4=', hash: 'a'.repeat(64) };
    const steps: Record<Exclude<Step, 'begin'>, Attempt> = {
      ask: { path: vault },
      walk: { path: `${vault}/objects` },
      'put by': { path: `${vault}/objects`, body: { objects: [plain] } },
      file: { path: `${vault}/files`, body: converted },
      'read file': { path: file },
      'read part': { path: `${file}/parts/1` },
      part: { path: `${file}/parts/1`, bytes: { data: partData, headers: octets } },
    };
    return { ...steps[step], undo };
  };
}

/** Beginning the change of the organisation, giving it up, finishing it. */
export function onChange(step: 'begin' | 'give up' | 'finish'): Prepare {
  return async (stage, who) => {
    const beginner = beginnerFor(stage, who);
    await giveUp(beginner);
    if (step !== 'begin') await begin(beginner);
    if (step === 'give up') return { path, undo: () => giveUp(beginner) };
    const body = { ...passwordOf(who), ...(step === 'begin' ? { direction: 'off' } : {}) };
    const undo = async () => {
      await giveUp(beginner);
      const isOff = await beginner.http
        .send<{ isClientSideEncryptionEnabled: boolean }>('GET', '/app/settings')
        .then((settings) => !settings.isClientSideEncryptionEnabled);
      if (!isOff) return;
      // An organisation without vaults has nothing to convert, and was finished at once.
      await beginner.http.send('POST', path, { direction: 'on', ...passwordOf(beginner) });
      await beginner.http.send('POST', `${path}/finish`, passwordOf(beginner));
    };
    return { path: step === 'begin' ? path : `${path}/finish`, body, undo };
  };
}
