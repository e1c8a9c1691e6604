/**
 * Finding by filters and by the palette in a mirror of 50,000 records, key by key as it is typed.
 * The peer of the filters reads through folded texts held in memory, which needs all of them
 * unlocked in memory at all times; that of the palette is the same search without commands.
 */
import { foldForSearch, type Mirror, type StoredRecord } from '../main/mirror/index.ts';
import { temporaryMirror } from '../main/mirror/testmirror.ts';
import en from '../resources/locales/en.json' with { type: 'json' };
import { matchingCommands, paletteRecords } from '../renderer/features/finding/palette.ts';
import { paletteCommands, type CommandId } from '../renderer/features/shortcuts/table.ts';
import { mirrorContent } from './mirror-content.ts';
import { benchRow, percentile } from './table.ts';
import type { BenchRow } from './table.ts';

const recordCount = 50_000;
const batch = 500;
const pageSize = 50;
const peerEvery = 6;

/** What is typed, and what a plain reading of every record would compare. */
interface Asked {
  readonly typed: string;
  readonly holds: (record: Folded) => boolean;
}

interface Folded {
  readonly login: string;
  readonly urls: string;
  readonly tags: string;
  readonly vault: string;
  readonly all: string;
  readonly record: StoredRecord;
}

const steps = (text: string): string[] => Array.from(text, (_, index) => text.slice(0, index + 1));

function asked(): Asked[] {
  return [
    ...steps('administrator').map((text) => ({
      typed: `login:${text}`,
      holds: ({ login }: Folded) => login.includes(text),
    })),
    ...steps('msk-prod').map((text) => ({
      typed: `url:${text} -tag:legacy`,
      holds: ({ urls, tags }: Folded) => urls.includes(text) && !tags.includes('legacy'),
    })),
    ...steps('критично').map((text) => ({
      typed: `tag:${text} vault:team`,
      holds: ({ tags, vault }: Folded) => tags.includes(text) && vault.includes('team'),
    })),
    ...steps('gitlab').map((text) => ({
      typed: `has:file ${text}`,
      holds: ({ record, all }: Folded) => record.attachments.length > 0 && all.includes(text),
    })),
    ...steps('сервер').map((text) => ({
      typed: `is:favourite -${text}`,
      holds: ({ record, all }: Folded) => record.favourite && !all.includes(text),
    })),
    ...steps('root').map((text) => ({
      typed: `-login:${text} color:3`,
      holds: ({ record, login }: Folded) => record.color === 3 && !login.includes(text),
    })),
    { typed: 'vault:отдел', holds: ({ vault }) => vault.includes('отдел') },
    {
      typed: '-has:file -is:favourite',
      holds: ({ record }) => record.attachments.length === 0 && !record.favourite,
    },
  ];
}

function folded(records: readonly StoredRecord[], vaultNames: ReadonlyMap<string, string>): Folded[] {
  return records.map((record) => {
    const { name, login, urls, tags, description } = record;
    const [foldedLogin = '', foldedUrls = '', foldedTags = ''] = [
      login,
      urls.join('\n'),
      tags.join('\n'),
    ].map(foldForSearch);
    return {
      ...{ record, login: foldedLogin, urls: foldedUrls, tags: foldedTags },
      vault: foldForSearch(vaultNames.get(record.vaultId ?? '') ?? ''),
      all: foldForSearch([name, login, ...urls, ...tags, description].join('\n')),
    };
  });
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function filterRow(mirror: Mirror, texts: readonly Folded[]): BenchRow {
  const questions = asked();
  const search = ({ typed }: Asked): number =>
    mirror.search.query({ text: typed, scope: null, offset: 0, limit: pageSize }).total;
  for (const question of questions) search(question);
  // Every change of the mirror makes known sets of rows old, and so does this for every keystroke.
  const ours = questions.map((question) => {
    mirror.records.setFavourite(texts[0]?.record.id ?? '', texts[0]?.record.favourite ?? false);
    return timed(() => search(question));
  });
  const peers = questions
    .filter((_, index) => index % peerEvery === 0)
    .map(({ holds }) =>
      timed(() =>
        texts
          .filter(holds)
          .sort((a, b) => (a.all < b.all ? -1 : 1))
          .slice(0, pageSize),
      ),
    );
  return benchRow({
    name: `search with filters, ${recordCount.toLocaleString('en')} records, ${String(ours.length)} keystrokes`,
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'folded texts in memory',
    peers,
    target: 'p95 < 16 ms',
    met: () => percentile(ours, 0.95) < 16,
  });
}

function paletteRow(mirror: Mirror): BenchRow {
  const typed = ['postgres', 'new record', 'сервер', 'gitlab backup', 'lock', 'root'].flatMap(steps);
  const names: Readonly<Record<string, unknown>> = en.shortcuts;
  const nameOf = (id: CommandId): string => String(names[id]);
  const find = (text: string): unknown =>
    mirror.search.query({ text, scope: null, offset: 0, limit: paletteRecords });
  const whole = (text: string): unknown => [
    matchingCommands(paletteCommands(), text, nameOf, () => ''),
    find(text),
  ];
  for (const text of typed) whole(text);
  mirror.records.setFavourite('none', false);
  const ours = typed.map((text) => timed(() => whole(text)));
  mirror.records.setFavourite('none', false);
  const peers = typed.map((text) => timed(() => find(text)));
  return benchRow({
    name: `palette, keystroke to entries, ${recordCount.toLocaleString('en')} records, painting not included`,
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'search alone',
    peers,
    target: 'p95 < 16 ms',
    met: () => percentile(ours, 0.95) < 16,
  });
}

export function run(): Promise<BenchRow[]> {
  using test = temporaryMirror();
  const content = mirrorContent(recordCount);
  const records = [...content.records];
  test.mirror.transaction(() => {
    for (const vault of content.vaults) test.mirror.vaults.upsert(vault);
  });
  for (let at = 0; at < records.length; at += batch)
    test.mirror.records.upsertMany(records.slice(at, at + batch));
  while (test.mirror.upkeep.mergeSome());
  const vaultNames = new Map(content.vaults.map(({ id, name }) => [id, name]));
  return Promise.resolve([filterRow(test.mirror, folded(records, vaultNames)), paletteRow(test.mirror)]);
}
