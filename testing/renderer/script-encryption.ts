/**
 * The scripted change of encryption: none, under way, stopped or finished, as the scenario says. A
 * conversion stays where it is, so that it can be looked at.
 */
import type {
  ConversionView,
  ConvertedVault,
  EncryptionChangeOverview,
} from '../../contract/encryptionchange.ts';
import type { KeyHolder } from '../../contract/rekeying.ts';
import type { Handlers, Stage } from './scripted.ts';

const hour = 60 * 60 * 1000;
const fingerprint = '7c19ab02d4e6f8835510cc9ba7f24d60e1539b80c8467fa2d93b1e0574ad6c21';
const logInWords = 'correct horse battery';
const spoken = ['unrivaled', 'cuddly', 'batboy', 'viewer', 'gestation', 'scallion', 'tint', 'marbling'];
const text = (secret: Uint8Array): string => new TextDecoder().decode(secret);

const vaults: readonly ConvertedVault[] = [
  {
    ...{ vaultId: 'infra', name: 'Infrastructure', isInBin: false, startedBy: 'Anna Orlova' },
    ...{ done: 412, total: 1_280, isReady: false },
  },
  {
    ...{ vaultId: 'finance', name: 'Finance and controlling of the whole group', isInBin: false },
    ...{ startedBy: null, done: 0, total: 96, isReady: false },
  },
  {
    ...{ vaultId: 'field', name: 'Выездные бригады', isInBin: false, startedBy: 'Boris Ivanov' },
    ...{ done: 9, total: 40, isReady: false },
  },
  {
    ...{ vaultId: 'old', name: 'Old office', isInBin: true, startedBy: null, done: 0, total: 12 },
    isReady: false,
  },
  {
    ...{ vaultId: 'mine', name: 'Personal notes', isInBin: false, startedBy: 'Anna Orlova' },
    ...{ done: 31, total: 31, isReady: true },
  },
];

const holders: readonly KeyHolder[] = (
  [
    ['own-anna', 'Anna Orlova', 'own'],
    ['verified-boris', 'Boris Ivanov', 'verified'],
    ['seen-maria', 'Мария Кузнецова', 'seen'],
    ['unseen-ivan', 'Ivan Smirnov', 'unseen'],
    ['changed-olga', 'Olga Vasilyeva', 'changed'],
    ['missing-new', 'New colleague', 'missing'],
  ] as const
).map(([userId, name, trust]) => ({
  ...{ userId, name, login: name.toLowerCase(), trust, isWeak: false, roster: null },
  fingerprint: trust === 'missing' ? null : fingerprint,
  words: trust === 'missing' ? [] : [...spoken],
}));

export function scriptEncryption({ scenario, emit }: Stage): Pick<Handlers, 'encryptionChange'> {
  const { direction, keys, conversion: found, ready, last } = scenario.encryption;
  let underWay = direction;
  let ownKeys = keys;
  let conversion: ConversionView | null = null;
  const tell = (state: ConversionView['state'] | null): Record<string, never> => {
    conversion =
      state === null || underWay === null
        ? null
        : {
            ...{ direction: underWay, state, vaults: { total: 5, ready: 1 } },
            ...{ vaultName: state === 'done' ? null : 'Infrastructure', done: 412, total: 1_280 },
            failure: state === 'stopped' ? 'undecipherable' : null,
            unreadable:
              state === 'stopped'
                ? [
                    { vaultName: 'Infrastructure', recordName: 'Elasticsearch, прежний кластер' },
                    { vaultName: 'Выездные бригады', recordName: null },
                  ]
                : [],
          };
    emit('encryptionChangeTold', { conversion });
    return {};
  };
  if (found !== null) tell(found);
  const overview = (): EncryptionChangeOverview => ({
    isEncrypted: scenario.clientSideEncryption,
    mayManage: scenario.administers,
    underWay:
      underWay === null
        ? null
        : {
            ...{ direction: underWay, starter: 'Charlotte Weiß', startedAt: Date.now() - 26 * hour },
            vaults: { total: 214, ready: ready ? 214 : 187 },
            withoutKeys: underWay === 'on' ? 3 : 0,
            waitingFor:
              scenario.administers && !ready
                ? [
                    { userId: 'u1', name: 'Anna Orlova', vaults: 4 },
                    { userId: 'u2', name: 'Григорий Александрович Константинопольский', vaults: 21 },
                    { userId: 'u3', name: 'Boris Ivanov', vaults: 2 },
                  ]
                : [],
          },
    last: last === null ? null : { direction: last, by: 'Charlotte Weiß', at: Date.now() - 3 * hour },
    ownKeys: underWay === null ? null : ownKeys,
    masterPasswordRule:
      underWay === 'on' && ownKeys === 'missing' ? { minimumLength: 12, requiredSets: [] } : null,
    vaults: underWay === null ? [] : vaults.map((vault) => ({ ...vault, isReady: ready || vault.isReady })),
    conversion,
  });
  const knows = (password: Uint8Array): boolean => text(password) === logInWords;
  const wrong = { fails: 'wrongCredentials' } as const;
  return {
    encryptionChange: {
      announced: () => ({ direction: underWay, conversion }),
      read: overview,
      begin: ({ direction: wanted, password }) => {
        if (!knows(password)) return wrong;
        underWay = wanted;
        return {};
      },
      giveUp: () => {
        underWay = null;
        return tell(null);
      },
      finish: ({ password }) => (knows(password) ? {} : wrong),
      setMasterPassword: ({ logIn }) => {
        if (!knows(logIn)) return wrong;
        ownKeys = 'here';
        return {};
      },
      people: () => ({ holders: [...holders], vaults: vaults.filter(({ isReady }) => !isReady) }),
      encrypt: ({ masterPassword }) =>
        knows(masterPassword) ? tell('running') : { fails: 'wrongMasterPassword' },
      handOver: ({ masterPassword }) =>
        knows(masterPassword) ? tell('running') : { fails: 'wrongMasterPassword' },
      pause: () => tell('stopped'),
    },
  };
}
