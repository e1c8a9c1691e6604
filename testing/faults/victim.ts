/**
 * A process that is there to be killed: the whole application without its window, on a profile
 * that was used before and will be used again. It opens the profile, tells what it finds there,
 * and then works at random until it dies. What it has been promised it tells at once.
 *
 * Bundled by `victimbuild.ts`; the orders come on its standard input when its turn has come.
 */
import { hash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Application } from '../integration/application.ts';
import { choicesFrom } from '../organisation/random.ts';
import type { Choices } from '../organisation/random.ts';
import type { Diary } from './book.ts';
import { commonContent, heldTexts } from './contents.ts';
import { Hands } from './hands.ts';
import { createFolder, moveFolder, removeFolder, renameFolder, restore } from './places.ts';
import { TokenMaker, tokensIn } from './tokens.ts';
import type { FoundState, Orders, Told } from './victimlanguage.ts';

/** Written at once and whole, so that what was said before the kill has been said. */
function tell(told: Told): void {
  let rest = Buffer.from(`${JSON.stringify(told)}\n`, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // A full pipe: whoever listens is slow, and hears the rest a moment later.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

const diary: Diary = {
  will: (act) => tell({ at: 'will', act }),
  did: (act) => tell({ at: 'did', act }),
  failed: (act, code) => tell({ at: 'failed', act, code }),
};

async function stateOf(app: Application): Promise<FoundState> {
  const account = app.accounts.current();
  const { mirror } = account;
  return {
    tokens: [...new Set(tokensIn(await heldTexts(account)))],
    isSettled: mirror.outbox.counts().waiting === 0 && mirror.conflicts.count() === 0,
    digest: hash('sha256', JSON.stringify(await commonContent(account))),
  };
}

/** Tells the stage of the sync whenever it changes, so that kills can be counted by it. */
function followSync(app: Application): void {
  let last = '';
  app.accounts.current().synchroniser.onStatus(({ phase, stage }) => {
    const now = phase === 'running' ? `sync: ${stage ?? 'connecting'}` : 'between syncs';
    if (now !== last) tell({ at: 'phase', phase: now });
    last = now;
  });
}

/** One act; `isQuiet` while no sync can change the rows under the hands. */
async function actOnce(hands: Hands, choices: Choices, isQuiet: boolean): Promise<unknown> {
  const draw = choices.number(20);
  if (draw < 3) return hands.create();
  if (draw < 8) return hands.edit(isQuiet ? [] : ['customs']);
  if (draw === 8) return hands.move();
  if (draw === 9) return hands.copy();
  if (draw === 10) return hands.isCrowded ? hands.remove() : hands.edit(['customs']);
  if (draw === 11) return hands.setFavourite();
  if (draw === 12) return hands.setColor();
  if (draw === 13) return hands.changeTags();
  if (draw === 14) return createFolder(hands);
  if (draw === 15) return renameFolder(hands);
  if (draw === 16) return moveFolder(hands);
  if (draw === 17) return choices.oneIn(3) ? removeFolder(hands) : renameFolder(hands);
  return restore(hands);
}

async function save(hands: Hands, choices: Choices): Promise<void> {
  tell({ at: 'phase', phase: 'saving' });
  for (;;) await actOnce(hands, choices, true);
}

async function attach(hands: Hands, choices: Choices): Promise<void> {
  tell({ at: 'phase', phase: 'attaching' });
  for (;;) {
    await (choices.oneIn(4) ? hands.detach() : hands.attach());
  }
}

/** Edits with a sync always under way. */
async function sync(app: Application, hands: Hands, choices: Choices): Promise<void> {
  for (;;) {
    const running = app.synced();
    for (let acts = choices.number(4); acts > 0; acts -= 1) await actOnce(hands, choices, false);
    await running;
    const { mirror } = app.accounts.current();
    await app.synced();
    if (mirror.outbox.counts().waiting === 0 && mirror.conflicts.count() === 0) tell({ at: 'settled' });
  }
}

async function finish(app: Application): Promise<never> {
  await app.synced();
  await app.synced();
  const { problem } = app.accounts.current().synchroniser.status();
  tell({ at: 'finished', problem: problem?.code ?? null, ...(await stateOf(app)) });
  return process.exit(0);
}

async function work(orders: Orders): Promise<void> {
  const { mode, device, run, seed } = orders;
  const app = new Application(orders.folder, orders.migrationsDir);
  tell({ at: 'opening' });
  tell({ at: 'phase', phase: mode === 'migrating' ? 'migrating' : 'opening' });
  const secret = Buffer.from(orders.deviceKey, 'hex');
  await app.ask('session', 'unlock', { accountId: orders.accountId, secret });
  followSync(app);
  app.accounts.current().mirror.checkIntegrity();
  tell({ at: 'opened', ...(await stateOf(app)) });
  const choices = choicesFrom(seed);
  const hands = new Hands({ app, diary, choices, tokens: new TokenMaker(device, run), records: 25 });
  process.on('exit', () => {
    for (const { what, error } of app.incidents) {
      tell({
        at: 'incident',
        what: `${what}: ${error instanceof Error ? (error.stack ?? error.message) : ''}`,
      });
    }
  });
  if (mode === 'saving') await save(hands, choices);
  else if (mode === 'attaching') await attach(hands, choices);
  else if (mode === 'syncing') await sync(app, hands, choices);
  else if (mode === 'finishing') await finish(app);
  // What is left is one sync that the unlocking has begun, or nothing: killed while it lasts.
  else setInterval(() => undefined, 1000);
}

tell({ at: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  void work(JSON.parse(line) as Orders).catch((error: unknown) => {
    tell({ at: 'incident', what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exit(1);
  });
}
