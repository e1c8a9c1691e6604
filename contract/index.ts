/**
 * The language of the bridge, whole: every channel and every event.
 *
 * `contract` is the single table from which the preload makes `window.strongroom`, the door
 * makes its checks, and the renderer has its types.
 */
import type { z } from 'zod';
import { accounts } from './accounts.ts';
import { activity } from './activity.ts';
import { administration } from './administration.ts';
import { attachments } from './attachments.ts';
import { bin } from './bin.ts';
import type { Channel } from './channel.ts';
import { codes } from './codes.ts';
import { conflicts } from './conflicts.ts';
import { desktop } from './desktop.ts';
import { drafts } from './drafts.ts';
import { editing } from './editing.ts';
import type { Result } from './errors.ts';
import type { EventName, EventPayload } from './events.ts';
import { encryptionChange } from './encryptionchange.ts';
import { exchange } from './exchange.ts';
import { fileQueue } from './filequeue.ts';
import { files } from './files.ts';
import { generator } from './generator.ts';
import { directory } from './directory.ts';
import { groups } from './groups.ts';
import { health } from './health.ts';
import { history } from './history.ts';
import { keyTrust } from './keytrust.ts';
import { offlineFiles } from './offlinefiles.ts';
import { ownAccount } from './ownaccount.ts';
import { organisation } from './organisation.ts';
import { people } from './people.ts';
import { quickAccess } from './quickaccess.ts';
import { records } from './records.ts';
import { rekeying } from './rekeying.ts';
import { requests } from './requests.ts';
import { roles } from './roles.ts';
import { roster } from './roster.ts';
import { searches } from './searching.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { sharing } from './sharing.ts';
import { sync } from './sync.ts';
import { tree } from './tree.ts';
import { vaultTypes } from './vaulttypes.ts';
import { vaultAdmin } from './vaultadmin.ts';

export const contract = {
  accounts,
  activity,
  administration,
  attachments,
  bin,
  codes,
  conflicts,
  desktop,
  drafts,
  editing,
  encryptionChange,
  exchange,
  fileQueue,
  files,
  generator,
  groups,
  health,
  history,
  keyTrust,
  offlineFiles,
  ownAccount,
  directory,
  organisation,
  people,
  quickAccess,
  records,
  rekeying,
  requests,
  roles,
  roster,
  searches,
  session,
  settings,
  sharing,
  sync,
  tree,
  vaultTypes,
  vaultAdmin,
};

export type Contract = typeof contract;
export type Feature = keyof Contract;
export type Verb<F extends Feature> = keyof Contract[F] & string;

/** What a handler gets and must give. */
export type Input<F extends Feature, V extends Verb<F>> =
  Contract[F][V] extends Channel<infer I, infer _O> ? z.output<I> : never;
export type Output<F extends Feature, V extends Verb<F>> =
  Contract[F][V] extends Channel<infer _I, infer O> ? z.output<O> : never;

/** Name of a channel on Electron's wire. */
export function channelName(feature: string, verb: string): string {
  return `strongroom:${feature}:${verb}`;
}

/** Name of an event on Electron's wire. */
export function eventName(event: string): string {
  return `strongroom:event:${event}`;
}

/** `window.strongroom` as the page sees it. `stage` takes the dropped files themselves. */
export type StrongroomApi = {
  readonly [F in Feature]: {
    readonly [V in Verb<F>]: (
      input: F extends 'attachments' | 'exchange'
        ? V extends 'stage'
          ? readonly unknown[]
          : Input<F, V>
        : Input<F, V>,
    ) => Promise<Result<Output<F, V>>>;
  };
} & {
  /** Subscribes to an event; the returned function ends the subscription. */
  readonly on: <E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) => () => void;
};

export * from './errors.ts';
