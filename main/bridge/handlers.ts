/**
 * Which use case stands behind which channel: the contract's table once more, with nothing but
 * calls in it. What a channel may take and give is the contract's business, what it does is the
 * use case's.
 */
import type { Output } from '../../contract/index.ts';
import type {
  Accounts,
  AdministrationOffer,
  BinDesk,
  Codes,
  ConflictDesk,
  Copying,
  DoubtedKeyDesk,
  Drafts,
  Editing,
  EncryptionChangeDesk,
  Exchanging,
  FileDesk,
  FolderEditing,
  Generating,
  HealthDesk,
  History,
  OpeningUrls,
  OwnAccountDesk,
  Records,
  RekeyingDesk,
  RequestDesk,
  RosterDesk,
  Searches,
  SecretJudge,
  Settings,
  SharingDesk,
  SyncDesk,
  Team,
  TrustDesk,
  VaultAdministration,
  VaultTree,
  WaitingDesk,
} from '../vaults/index.ts';
import type { Handlers } from './door.ts';
import { encryptionHandlers } from './encryptionhandlers.ts';
import { rosterHandlers } from './rosterhandlers.ts';
import { teamHandlers } from './teamhandlers.ts';
import { vaultHandlers } from './vaulthandlers.ts';

export interface UseCases {
  readonly accounts: Accounts;
  readonly administration: AdministrationOffer;
  readonly bin: BinDesk;
  readonly codes: Codes;
  readonly conflicts: ConflictDesk;
  readonly copying: Copying;
  readonly drafts: Drafts;
  readonly editing: Editing;
  readonly encryptionChange: EncryptionChangeDesk;
  readonly exchange: Exchanging;
  readonly files: FileDesk;
  readonly folders: FolderEditing;
  readonly generating: Generating;
  readonly health: HealthDesk;
  readonly history: History;
  readonly openingUrls: OpeningUrls;
  readonly ownAccount: OwnAccountDesk;
  readonly quickAccess: {
    readonly shortcut: () => Output<'quickAccess', 'shortcut'>;
    readonly hide: () => void;
    readonly showRecord: (recordId: string) => void;
  };
  readonly records: Records;
  readonly doubtedKeys: DoubtedKeyDesk;
  readonly rekeying: RekeyingDesk;
  readonly requests: RequestDesk;
  readonly roster: RosterDesk;
  readonly searches: Searches;
  readonly secretJudge: SecretJudge;
  readonly settings: Settings;
  readonly sharing: SharingDesk;
  readonly sync: SyncDesk;
  readonly team: Team;
  readonly tree: VaultTree;
  readonly trust: TrustDesk;
  readonly vaultAdmin: VaultAdministration;
  readonly waiting: WaitingDesk;
  readonly about: () => Output<'desktop', 'about'>;
  readonly clearClipboard: () => Promise<void>;
}

/** For channels whose answer is that the work is done. */
async function done(work: Promise<unknown> | void): Promise<Record<string, never>> {
  await work;
  return {};
}

export function handlersOf(uses: UseCases): Handlers {
  const { accounts, bin, conflicts, copying, editing, folders, records, settings, sync, tree } = uses;
  const { attachments, naming, offline, queue, takingOut } = uses.files;
  return {
    accounts: {
      list: () => accounts.list(),
      inspectServer: ({ address }) => accounts.enrolling.inspectServer(address),
      signIn: (input) => accounts.signIn(input),
      confirmTwoFactor: ({ enrolmentId, code }) => accounts.enrolling.confirmTwoFactor(enrolmentId, code),
      enrol: ({ enrolmentId, secret, beside }) => accounts.enrol(enrolmentId, secret, beside),
      judgeSecret: ({ secret, rule, ownWords }) => uses.secretJudge.judge(secret, rule, ownWords),
      openInvitation: (input) => accounts.enrolling.openInvitation(input),
      acceptInvitation: (input) => accounts.enrolling.acceptInvitation(input),
      abandonEnrolment: ({ enrolmentId }) => done(accounts.enrolling.abandon(enrolmentId)),
      renewSignIn: ({ accountId, password, code }) => done(accounts.renewSignIn(accountId, password, code)),
      remove: ({ accountId }) => done(accounts.remove(accountId)),
    },
    ...vaultHandlers(uses.vaultAdmin),
    administration: {
      overview: () => uses.administration.overview(),
    },
    keyTrust: {
      look: ({ userId }) => uses.trust.look(userId),
      verify: ({ userId, fingerprint, name }) => uses.trust.verify(userId, fingerprint, name),
      unverify: ({ userId }) => uses.trust.unverify(userId),
      accept: (input) => uses.trust.accept(input.userId, input.fingerprint, input.askedInPerson),
      own: () => uses.trust.own(),
    },
    ownAccount: {
      overview: () => uses.ownAccount.overview(),
      changeMasterPassword: (passwords) => uses.ownAccount.changeMasterPassword(passwords),
      adoptMasterPassword: ({ secret }) => done(uses.ownAccount.adoptMasterPassword(secret)),
      changeLogInPassword: ({ former, wanted }) => done(uses.ownAccount.changeLogInPassword(former, wanted)),
      setUpTwoFactor: ({ password }) => uses.ownAccount.setUpTwoFactor(password),
      enableTwoFactor: ({ code }) => uses.ownAccount.takeRecoveryCodes('enable', code),
      renewRecoveryCodes: ({ code }) => uses.ownAccount.takeRecoveryCodes('recovery-codes', code),
      disableTwoFactor: ({ code }) => done(uses.ownAccount.disableTwoFactor(code)),
      saveRecoveryCodes: ({ title, recoveryCodes }) =>
        uses.ownAccount.saveRecoveryCodes(title, recoveryCodes),
      saveSheet: ({ words }) => uses.ownAccount.saveSheet(words),
    },
    rekeying: {
      holders: ({ vaultId }) => uses.rekeying.holders(vaultId),
      begin: (input) => done(uses.rekeying.begin(input)),
      goOn: ({ vaultId }) => done(uses.rekeying.goOn(vaultId)),
      pause: ({ vaultId }) => done(uses.rekeying.pause(vaultId)),
      giveUp: ({ vaultId }) => done(uses.rekeying.giveUp(vaultId)),
      status: () => uses.rekeying.status(),
      examine: ({ vaultId }) => uses.doubtedKeys.examine(vaultId),
      accept: ({ vaultId, mac }) => done(uses.doubtedKeys.accept(vaultId, mac)),
    },
    requests: {
      waiting: () => uses.requests.waiting(),
      list: ({ offset }) => uses.requests.list(offset),
      confirm: (input) => uses.requests.confirm(input.requests),
      decline: ({ id }) => done(uses.requests.decline(id)),
      vouch: ({ vaultId }) => done(uses.requests.vouch(vaultId)),
    },
    ...rosterHandlers(uses.roster),
    ...encryptionHandlers(uses.encryptionChange),
    ...teamHandlers(uses.team),
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
      ids: (input) => ({ ids: records.ids(input) }),
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
    quickAccess: {
      shortcut: () => uses.quickAccess.shortcut(),
      hide: () => done(uses.quickAccess.hide()),
      showRecord: ({ recordId }) => done(uses.quickAccess.showRecord(recordId)),
    },
    searches: {
      list: () => ({ searches: uses.searches.list() }),
      save: ({ name, query }) => uses.searches.save(name, query),
      rename: ({ id, name }) => done(uses.searches.rename(id, name)),
      remove: ({ id }) => done(uses.searches.remove(id)),
    },
    drafts: {
      keep: ({ id, accountId, target, form }) => uses.drafts.keep(accountId, id, { target, form }),
      list: () => uses.drafts.list(),
      open: ({ id }) => uses.drafts.open(id),
      drop: ({ id }) => done(uses.drafts.drop(id)),
    },
    editing: {
      create: ({ place, fields }) => editing.create(place, fields),
      save: ({ recordId, fields }) => done(editing.save(recordId, fields)),
      move: ({ recordIds, to }) => done(editing.move(recordIds, to)),
      copy: ({ recordIds, to }) => editing.copy(recordIds, to),
      remove: ({ recordIds }) => done(editing.remove(recordIds)),
      setFavourite: ({ recordIds, favourite }) => done(editing.setFavourite(recordIds, favourite)),
      setColor: ({ recordIds, color }) => done(editing.setColor(recordIds, color)),
      changeTags: ({ recordIds, add, remove }) => done(editing.changeTags(recordIds, add, remove)),
      createFolder: ({ vaultId, parentId, name }) => folders.create(vaultId, parentId, name),
      renameFolder: ({ folderId, name }) => done(folders.rename(folderId, name)),
      moveFolder: ({ folderId, parentId }) => done(folders.move(folderId, parentId)),
      removeFolder: ({ folderId }) => done(folders.remove(folderId)),
    },
    exchange: {
      stage: ({ paths }) => uses.exchange.stage(paths[0] ?? ''),
      choose: () => uses.exchange.choose(),
      chooseKeyFile: ({ token }) => uses.exchange.chooseKeyFile(token),
      read: ({ token, format, password }) => uses.exchange.read(token, format, password),
      mapColumns: ({ token, mapping }) => uses.exchange.mapColumns(token, mapping),
      dryRun: (plan) => uses.exchange.dryRun(plan),
      run: (plan) => uses.exchange.run(plan),
      cancel: ({ token }) => done(uses.exchange.cancel(token)),
      undo: () => uses.exchange.undo(),
      undoable: () => uses.exchange.undoable(),
      save: (request) => uses.exchange.save(request),
    },
    generator: {
      rules: ({ vaultId }) => ({ rules: uses.generating.rules(vaultId) }),
      generate: ({ vaultId, wishes }) => uses.generating.generate(vaultId, wishes),
      check: ({ vaultId, value }) => ({ broken: uses.generating.check(vaultId, value) }),
      kept: () => ({ values: uses.generating.kept() }),
      copyKept: ({ id }) => uses.generating.copyKept(id),
      forgetKept: () => done(uses.generating.forgetKept()),
    },
    health: {
      overview: () => uses.health.overview(),
      page: ({ finding, offset, limit }) => uses.health.page(finding, offset, limit),
      ofRecord: ({ recordId }) => uses.health.ofRecord(recordId),
      start: () => done(uses.health.start()),
      cancel: () => done(uses.health.cancel()),
    },
    history: {
      offered: ({ recordId }) => uses.history.offered(recordId),
      list: ({ recordId }) => uses.history.list(recordId),
      compare: ({ recordId, left, right }) => uses.history.compare(recordId, left, right),
      reveal: ({ recordId, state, field }) => uses.history.reveal(recordId, state, field),
      restore: ({ recordId, revisionId, fields }) => done(uses.history.restore(recordId, revisionId, fields)),
    },
    bin: {
      page: (input) => bin.page(input),
      restore: ({ ids }) => done(bin.restore(ids)),
      erase: ({ id }) => done(bin.erase(id)),
    },
    codes: {
      showQr: ({ recordId, field }) => uses.codes.showQr(recordId, field),
      canLook: () => uses.codes.canLook(),
      lookAtScreens: () => uses.codes.lookAtScreens(),
    },
    conflicts: {
      list: () => conflicts.list(),
      read: ({ id }) => conflicts.read(id),
      reveal: ({ id, key, side }) => conflicts.reveal(id, key, side),
      resolve: ({ id, picks }) => done(conflicts.resolve(id, picks)),
      decide: ({ id, decision, place }) => done(conflicts.decide(id, decision, place)),
    },
    attachments: {
      stage: ({ paths }) => attachments.stage(paths),
      choose: () => attachments.choose(),
      add: ({ recordId, token }) => attachments.add(recordId, token),
      cancel: ({ token }) => {
        attachments.cancel(token);
        return {};
      },
      remove: ({ recordId, attachmentId }) => done(attachments.remove(recordId, attachmentId)),
      saveAs: ({ recordId, attachmentId }) => attachments.saveAs(recordId, attachmentId),
    },
    fileQueue: {
      limit: () => uses.files.limit(),
      state: () => queue.view(),
      enqueue: ({ recordId, tokens }) => queue.enqueue(recordId, tokens),
      cancel: ({ id }) => done(queue.cancel(id)),
      cancelAll: () => done(queue.cancelAll()),
      retry: ({ id }) => done(queue.retry(id)),
      clearFinished: () => done(queue.clearFinished()),
    },
    files: {
      preview: ({ recordId, attachmentId }) => takingOut.preview(recordId, attachmentId),
      canRename: ({ recordId }) => ({ offered: naming.canRename(recordId) }),
      rename: ({ recordId, attachmentId, name }) => naming.rename(recordId, attachmentId, name),
      saveAll: ({ recordId }) => takingOut.saveAll(recordId),
      dragOut: ({ recordId, attachmentIds }) => takingOut.dragOut(recordId, attachmentIds),
      wipeDragged: () => done(takingOut.wipeDragged()),
    },
    offlineFiles: {
      status: () => offline.status(),
      ofRecord: ({ recordId }) => offline.ofRecord(recordId),
      keepRecord: ({ recordId, keep }) => offline.keepRecord(recordId, keep),
      keepVault: ({ vaultId, keep }) => offline.keepVault(vaultId, keep),
      keepBelow: ({ below }) => offline.keepBelow(below),
    },
    sync: {
      status: () => sync.status(),
      start: () => {
        sync.start();
        return {};
      },
      waiting: (input) => uses.waiting.page(input),
      retry: ({ id }) => done(uses.waiting.retry(id)),
      discard: ({ id }) => done(uses.waiting.discard(id)),
      exportUnsent: ({ secret }) => uses.waiting.exportUnsent(secret),
      dismissNotice: ({ id }) => {
        sync.dismissNotice(id);
        return {};
      },
    },
    sharing: {
      offered: ({ recordIds }) => uses.sharing.offered(recordIds),
      people: (input) => uses.sharing.people(input),
      keysOf: async ({ userIds }) => ({ keys: await uses.sharing.keysOf(userIds) }),
      send: (wish) => uses.sharing.send(wish),
      given: ({ recordId }) => uses.sharing.given(recordId),
      sent: () => uses.sharing.sent(),
      setAccess: ({ entryId, access }) => done(uses.sharing.setAccess(entryId, access)),
      takeBack: async ({ entryIds }) => ({ done: await uses.sharing.takeBack(entryIds) }),
      renewKey: async ({ recordId }) => ({ recordId: await uses.sharing.renewKey(recordId) }),
      makeLink: ({ recordId, ...wish }) => uses.sharing.links.make(recordId, wish),
      copyLink: ({ linkId, recordId }) => uses.sharing.links.copy(linkId, recordId),
      showLink: async ({ linkId, recordId }) => ({ url: await uses.sharing.links.url(linkId, recordId) }),
      links: ({ recordId }) => uses.sharing.links.list(recordId),
      endLinks: async ({ linkIds }) => ({ done: await uses.sharing.endLinks(linkIds) }),
    },
    settings: {
      read: () => settings.read(),
      update: (change) => settings.update(change),
    },
    desktop: { about: uses.about },
  };
}
