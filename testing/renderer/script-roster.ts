/**
 * The scripted rosters. Which are found goes by the features of the scenario: `rosters` for some of
 * each state, `rosterSigned` for one of one's own, `weakOwnKey` for a pair that cannot sign.
 */
import type { RosterWordView } from '../../contract/keytrust.ts';
import type { FoundRosterView, ProposedPerson } from '../../contract/roster.ts';
import type { Handlers, Stage } from './scripted.ts';

const day = 24 * 60 * 60 * 1000;

const wordsOf = {
  own: ['velvet', 'outrage', 'kilt', 'sandpit', 'emptier', 'washable', 'pogo', 'crinkly'],
  annas: ['headroom', 'tumble', 'acre', 'fidget', 'rosy', 'opossum', 'lunchbox', 'static'],
  olgas: ['deepness', 'magnify', 'trout', 'unpaved', 'cider', 'jiffy', 'bluff', 'sprawl'],
} as const;

function content(whose: keyof typeof wordsOf, signerName: string, number: number, count: number) {
  const keyFingerprint = [...whose]
    .map((sign) => sign.charCodeAt(0).toString(16))
    .join('')
    .padEnd(64, '7');
  const signedAt = Date.now() - (9 - number) * 11 * day;
  return { keyFingerprint, words: [...wordsOf[whose]], signerName, number, signedAt, count };
}

const foundOnes = (): FoundRosterView[] => [
  {
    ...{ recordId: 'roster-1', recordName: 'Key roster', vaultName: 'Everybody', state: 'unknown' },
    content: content('annas', 'Anna Orlova-Rozhdestvenskaya', 4, 214),
  },
  {
    ...{ recordId: 'roster-2', recordName: 'Список ключей', vaultName: 'Офис', state: 'accepted' },
    content: content('olgas', 'Ольга Васильева', 7, 38),
  },
  {
    ...{ recordId: 'roster-3', recordName: 'Список ключей', vaultName: 'Archive', state: 'rolledBack' },
    content: content('olgas', 'Ольга Васильева', 2, 31),
  },
  { recordId: 'roster-4', recordName: 'Keys', vaultName: null, state: 'badSignature', content: null },
];

const ownOne = (): FoundRosterView => ({
  ...{ recordId: 'roster-own', recordName: 'Key roster', vaultName: 'Everybody', state: 'own' },
  content: content('own', 'Anna Orlova', 3, 118),
});

function proposed(isSignedBefore: boolean): ProposedPerson[] {
  const people = Array.from({ length: 117 }, (_, index): ProposedPerson => ({
    ...{ userId: `u-${index}`, name: `Person ${index + 1}`, login: `person.${index + 1}`, isOwn: false },
    since: isSignedBefore && index > 2 ? 'same' : index === 1 && isSignedBefore ? 'otherKey' : 'new',
  }));
  const since = isSignedBefore ? 'same' : 'new';
  return [{ userId: 'anna', name: 'Anna Orlova', login: 'a.orlova', since, isOwn: true }, ...people];
}

/** What rosters say of somebody, by the end of the id. */
export function wordOn(userId: string): RosterWordView | null {
  const isVouched = userId.endsWith('vouched');
  if (!isVouched && !userId.endsWith('differs')) return null;
  return {
    ...{ standing: isVouched ? 'vouched' : 'differs', isOverruled: false },
    signers: [{ name: 'Anna Orlova', isOwn: false }],
    ...{ name: 'Мария Кузнецова', login: 'm.kuznetsova' },
  };
}

export function scriptRoster({ scenario, changed }: Stage): Pick<Handlers, 'roster'> {
  const has = (feature: string): boolean => scenario.features.includes(feature);
  let found = [...(has('rosterSigned') ? [ownOne()] : []), ...(has('rosters') ? foundOnes() : [])];
  const turn = (match: (each: FoundRosterView) => boolean, state: FoundRosterView['state']) => {
    found = found.map((each) => (match(each) ? { ...each, state } : each));
    changed();
    return {};
  };
  return {
    roster: {
      list: () => ({ rosters: found, canSign: scenario.administers && !has('weakOwnKey') }),
      accept: ({ recordId }) => turn((each) => each.recordId === recordId, 'accepted'),
      withdraw: ({ keyFingerprint }) =>
        turn(({ content: signed }) => signed?.keyFingerprint === keyFingerprint, 'unknown'),
      propose: () => ({
        obstacle: has('weakOwnKey') ? 'weakKey' : null,
        words: has('weakOwnKey') ? [] : [...wordsOf.own],
        people: has('weakOwnKey') ? [] : proposed(has('rosterSigned')),
        leaving: has('rosterSigned') ? [{ userId: 'u-gone', name: 'Former Colleague', login: 'former' }] : [],
        last: has('rosterSigned')
          ? {
              vaultId: 'vault-0',
              vaultName: 'Everybody',
              recordName: 'Key roster',
              signedAt: Date.now() - 66 * day,
            }
          : null,
      }),
      sign: () => {
        found = [ownOne(), ...found.filter(({ state }) => state !== 'own')];
        changed();
        return { recordId: 'roster-own', count: 118 };
      },
    },
  };
}
