/**
 * Which use case stands behind which channel: the contract's table once more, with nothing but
 * calls in it. What a channel may take and give is the contract's business, what it does is the
 * use case's.
 */
import type { Output } from '../../contract/index.ts';
import type {
  Accounts,
  Attachments,
  Copying,
  OpeningUrls,
  Records,
  Settings,
  SyncDesk,
  VaultTree,
} from '../vaults/index.ts';
import type { Handlers } from './door.ts';

export interface UseCases {
  readonly accounts: Accounts;
  readonly attachments: Attachments;
  readonly copying: Copying;
  readonly openingUrls: OpeningUrls;
  readonly records: Records;
  readonly settings: Settings;
  readonly sync: SyncDesk;
  readonly tree: VaultTree;
  readonly about: () => Output<'desktop', 'about'>;
  readonly clearClipboard: () => Promise<void>;
}

/** For channels whose answer is that the work is done. */
async function done(work: Promise<unknown> | undefined): Promise<Record<string, never>> {
  await work;
  return {};
}

export function handlersOf(uses: UseCases): Handlers {
  const { accounts, attachments, copying, records, settings, sync, tree } = uses;
  return {
    accounts: {
      list: () => accounts.list(),
      inspectServer: ({ address }) => accounts.inspectServer(address),
      signIn: (input) => accounts.signIn(input),
      confirmTwoFactor: ({ enrolmentId, code }) => accounts.confirmTwoFactor(enrolmentId, code),
      enrol: ({ enrolmentId, secret }) => accounts.enrol(enrolmentId, secret),
      abandonEnrolment: ({ enrolmentId }) => done(accounts.abandonEnrolment(enrolmentId)),
      renewSignIn: ({ accountId, password, code }) => done(accounts.renewSignIn(accountId, password, code)),
      remove: ({ accountId }) => done(accounts.remove(accountId)),
    },
    session: {
      state: () => accounts.state(),
      unlock: ({ accountId, secret }) => accounts.unlock(accountId, secret),
      switchTo: ({ accountId }) => accounts.switchTo(accountId),
      lock: () => done(accounts.lock('hand')),
    },
    tree: {
      overview: () => tree.overview(),
      folders: ({ vaultId }) => ({ folders: tree.folders(vaultId) }),
    },
    records: {
      page: (input) => records.page(input),
      search: (input) => records.search(input),
      read: ({ recordId }) => records.read(recordId),
      revealField: ({ recordId, field }) => records.reveal(recordId, field),
      copyPassword: ({ recordId }) => copying.field(recordId, { kind: 'password' }),
      copyCustomField: ({ recordId, field }) => copying.field(recordId, field),
      copyLogin: ({ recordId }) => copying.login(recordId),
      copyUrl: ({ recordId, index }) => copying.url(recordId, index),
      readCode: ({ recordId, field }) => records.code(recordId, field),
      copyCode: ({ recordId, field }) => copying.code(recordId, field),
      openUrl: ({ recordId, index, confirmedHost }) => uses.openingUrls.open(recordId, index, confirmedHost),
      clearClipboard: () => done(uses.clearClipboard()),
    },
    attachments: {
      stage: ({ paths }) => attachments.stage(paths),
      choose: () => attachments.choose(),
      add: ({ recordId, token }) => attachments.add(recordId, token),
      cancel: ({ token }) => {
        attachments.cancel(token);
        return {};
      },
      saveAs: ({ recordId, attachmentId }) => attachments.saveAs(recordId, attachmentId),
    },
    sync: {
      status: () => sync.status(),
      start: () => {
        sync.start();
        return {};
      },
      dismissNotice: ({ id }) => {
        sync.dismissNotice(id);
        return {};
      },
    },
    settings: {
      read: () => settings.read(),
      update: (change) => settings.update(change),
    },
    desktop: { about: uses.about },
  };
}
