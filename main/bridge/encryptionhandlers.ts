/** The channels about turning client-side encryption on or off. */
import type { EncryptionChangeDesk } from '../vaults/index.ts';
import type { Handlers } from './door.ts';

/** For channels whose answer is that the work is done. */
async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work;
  return {};
}

export function encryptionHandlers(desk: EncryptionChangeDesk): Pick<Handlers, 'encryptionChange'> {
  return {
    encryptionChange: {
      announced: () => desk.announced(),
      read: () => desk.read(),
      begin: (input) => done(desk.begin(input)),
      giveUp: () => done(desk.giveUp()),
      finish: (input) => done(desk.finish(input)),
      setMasterPassword: (input) => done(desk.setMasterPassword(input)),
      people: () => desk.people(),
      encrypt: (input) => done(desk.encrypt(input)),
      handOver: (input) => done(desk.handOver(input)),
      pause: () => done(desk.pause()),
    },
  };
}
