/** The scripted health of passwords: a few findings over the sample's records, always the same. */
import type { HealthFacts, HealthOverview } from '../../contract/health.ts';
import type { Handlers, Stage } from './scripted.ts';

const year = 365 * 86_400_000;

export function scriptHealth({ sample, emit }: Stage): Pick<Handlers, 'health'> {
  const records = sample.records.slice(0, 12);
  let running: HealthOverview['running'] = null;
  const facts = (at: number): HealthFacts => ({
    findings:
      at === 0 ? ['breached', 'weak', 'reused'] : at % 3 === 0 ? ['weak', 'reused'] : ['reused', 'old'],
    ...{ score: at % 3, reason: at % 2 === 0 ? 'common' : 'keyboard', others: 1 + (at % 4) },
    ...{ since: Date.now() - year * (1 + at), leaks: at === 0 ? 3861 : null, totpSite: 'github.com' },
  });
  return {
    health: {
      overview: () => ({
        ...{ running, judged: 1248, unjudged: 3, asked: 0, askedAt: null, failure: null },
        counts: { breached: 0, weak: records.length, reused: 8, sameAsLogin: 1, old: 12, totpMissing: 5 },
      }),
      page: ({ offset, limit }) => ({
        total: records.length,
        rows: records.slice(offset, offset + limit).map(({ row: { id, name, login } }, at) => ({
          ...{ id, name, login, vaultName: '', facts: facts(at) },
        })),
      }),
      ofRecord: ({ recordId }) => {
        const at = records.findIndex(({ row: { id } }) => id === recordId);
        return { facts: at === -1 ? null : facts(at) };
      },
      start: () => {
        running = { stage: 'judging', done: 620, total: 1248 };
        emit('healthChanged', { running });
        return {};
      },
      cancel: () => {
        running = null;
        emit('healthChanged', { running });
        return {};
      },
    },
  };
}
