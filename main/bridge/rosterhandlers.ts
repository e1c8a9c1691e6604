/** The channels about signed rosters of keys. */
import type { RosterDesk } from '../vaults/index.ts';
import type { Handlers } from './door.ts';

export function rosterHandlers(desk: RosterDesk): Pick<Handlers, 'roster'> {
  return {
    roster: {
      list: () => desk.list(),
      accept: ({ recordId, keyFingerprint }) => {
        desk.accept(recordId, keyFingerprint);
        return {};
      },
      withdraw: ({ keyFingerprint }) => {
        desk.withdraw(keyFingerprint);
        return {};
      },
      propose: () => desk.propose(),
      sign: ({ vaultId, recordName }) => desk.sign(vaultId, recordName),
    },
  };
}
