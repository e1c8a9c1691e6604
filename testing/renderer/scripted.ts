/**
 * A scripted `window.strongroom` for looking at the window without the rest of the
 * application. Every input, answer and event goes through the contract's own schemas and is
 * cloned as the real bridge would, so the window cannot come to rely on what the contract
 * does not promise.
 */
import './plain-zod.ts';
import type { AccountView } from '../../contract/accounts.ts';
import type { Channel } from '../../contract/channel.ts';
import { events, type EventName, type EventPayload } from '../../contract/events.ts';
import {
  contract,
  type ErrorCode,
  type Feature,
  type Input,
  type Output,
  type Result,
  type Verb,
} from '../../contract/index.ts';
import type { BinRow } from '../../contract/bin.ts';
import type { WaitingRow } from '../../contract/sync.ts';
import { sampleBin, sampleConflicts, sampleWaiting, type ScriptedConflict } from './sample-unsettled.ts';
import { scriptEditing } from './script-editing.ts';
import { scriptSync } from './script-sync.ts';
import { scriptQuickAccess } from './script-quick.ts';
import { scriptSearches } from './script-searches.ts';
import { scriptRecords } from './script-records.ts';
import { buildSample } from './sample.ts';
import { plainScenario, type Scenario } from './scenario.ts';
import { scriptAdministration } from './script-administration.ts';
import { scriptOwnAccount } from './script-ownaccount.ts';
import { scriptCodes } from './script-codes.ts';
import { scriptDesk } from './script-desk.ts';
import { scriptDrafts } from './script-drafts.ts';
import { scriptEncryption } from './script-encryption.ts';
import { scriptTeam } from './script-team.ts';
import { scriptGenerator } from './script-generator.ts';
import { scriptExchange } from './script-exchange.ts';
import { scriptFiles } from './script-files.ts';
import { scriptHealth } from './script-health.ts';
import { scriptHistory } from './script-history.ts';
import { scriptKeyTrust } from './script-keytrust.ts';
import { scriptRequests } from './script-requests.ts';
import { scriptRoster } from './script-roster.ts';
import { scriptSharing } from './script-sharing.ts';
import { scriptVaults } from './script-vaults.ts';

/** What a scripted verb gives: its value, or the code it fails with. */
export type Reply<T> = T | { readonly fails: ErrorCode; readonly params?: Record<string, string | number> };

export type Handlers = {
  readonly [F in Feature]: {
    readonly [V in Verb<F>]: (input: Input<F, V>) => Reply<Output<F, V>> | Promise<Reply<Output<F, V>>>;
  };
};

export interface Stage {
  readonly scenario: Scenario;
  readonly accounts: AccountView[];
  readonly sample: ReturnType<typeof buildSample>;
  readonly bin: BinRow[];
  readonly conflicts: ScriptedConflict[];
  readonly waiting: WaitingRow[];
  unlocked: boolean;
  /** Tells the page that the mirror changed. */
  readonly changed: () => void;
  readonly emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void;
}

const listeners = new Map<string, Set<(payload: unknown) => void>>();

function emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
  const checked = events[event].parse(structuredClone(payload));
  for (const listener of listeners.get(event) ?? []) listener(checked);
}

function accountsOf(scenario: Scenario): AccountView[] {
  const people = [
    ['anna', 'a.orlova', 'Anna Orlova', 'vault.corp.example'],
    ['anna-2', 'orlova', 'Anna Orlova', 'passwork.subsidiary-with-a-long-name.example'],
    ['audit', 'auditor', 'Аудит', 'vault.audit.example'],
  ] as const;
  return people.slice(0, scenario.accounts).map(([id, login, fullName, host], index) => ({
    id,
    login,
    fullName,
    host,
    origin: `https://${host}`,
    clientSideEncryption: scenario.clientSideEncryption,
    unlocked: scenario.unlocked,
    current: index === 0,
    former: scenario.knownHere && index === 1,
    lastSyncedAt: Date.now() - 47 * 60_000,
  }));
}

function failureOf(reply: unknown): { fails: ErrorCode; params?: Record<string, string | number> } | null {
  return typeof reply === 'object' && reply !== null && 'fails' in reply
    ? (reply as { fails: ErrorCode })
    : null;
}

function call(stage: Stage, name: string, channel: Channel, handler: (input: never) => unknown) {
  return async (given: unknown): Promise<Result<unknown>> => {
    if (stage.scenario.hanging.includes(name)) return new Promise(() => undefined);
    const input = channel.fromFiles
      ? { paths: (given as { name: string }[]).map((file) => file.name) }
      : structuredClone(given);
    const parsed = channel.input.parse(input);
    const failing = stage.scenario.failing[name];
    const reply = failing ? { fails: failing } : await handler(parsed as never);
    const failure = failureOf(reply);
    if (failure) return { ok: false, error: { code: failure.fails, params: failure.params ?? {} } };
    return { ok: true, value: channel.output.parse(structuredClone(reply)) };
  };
}

function install(scenario: Scenario): void {
  const stage: Stage = {
    scenario,
    accounts: accountsOf(scenario),
    sample: buildSample(scenario.empty),
    bin: scenario.empty ? [] : sampleBin(),
    conflicts: sampleConflicts().filter(({ view }) => scenario.conflicts?.includes(view.id) ?? true),
    waiting: sampleWaiting().slice(0, scenario.waiting ?? undefined),
    unlocked: scenario.unlocked,
    changed: () => emit('mirrorChanged', { accountId: 'anna', recordIds: null }),
    emit,
  };
  const handlers: Handlers = {
    ...scriptDesk(stage),
    ...scriptAdministration(stage),
    ...scriptOwnAccount(stage),
    ...scriptKeyTrust(),
    ...scriptRequests(stage),
    ...scriptRoster(stage),
    ...scriptSharing(stage),
    ...scriptVaults(stage),
    ...scriptCodes(stage),
    ...scriptDrafts(stage),
    ...scriptEncryption(stage),
    ...scriptExchange(),
    ...scriptFiles(stage),
    ...scriptHealth(stage),
    ...scriptHistory(stage),
    ...scriptGenerator(stage),
    ...scriptRecords(stage),
    ...scriptEditing(stage),
    ...scriptSync(stage),
    ...scriptSearches(),
    ...scriptTeam(stage),
    ...scriptQuickAccess(stage),
  };
  const api: Record<string, unknown> = {
    on(event: string, listener: (payload: unknown) => void) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => known.delete(listener);
    },
  };
  for (const [feature, verbs] of Object.entries(contract)) {
    api[feature] = Object.fromEntries(
      Object.entries(verbs).map(([verb, channel]) => {
        const handler = Reflect.get(Reflect.get(handlers, feature), verb) as (input: never) => unknown;
        return [verb, call(stage, `${feature}.${verb}`, channel as Channel, handler)];
      }),
    );
  }
  Object.assign(globalThis, { strongroom: api, strongroomEmit: emit });
}

const given: unknown = Reflect.get(globalThis, 'strongroomScenario');
install({ ...plainScenario, ...(given as Partial<Scenario> | undefined) });
