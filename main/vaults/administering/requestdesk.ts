/**
 * Confirming access requests. A server could forge one, so whoever waits is held against what this
 * device knows of them, the key goes out only for the fingerprint that a person was shown, and only
 * keys that were compared are confirmed several at a time.
 */
import type { Input, Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { rosterStops } from '../../../contract/keytrust.ts';
import { requestsPage } from '../../../contract/requests.ts';
import type { AccessRequestView, RequestObstacle } from '../../../contract/requests.ts';
import type { VaultKey } from '../../keychain/index.ts';
import { confirmRequest, declineRequest, listRequests, readAccount } from '../../remote/index.ts';
import type { RemoteRequest } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { RecipientTrust } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { trustOf } from '../reading/tree.ts';
import { passedOnKey } from './passedonkey.ts';

type Confirmation = Input<'requests', 'confirm'>['requests'][number];

export class RequestDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  /** Throws the network's codes, as everything here. */
  async waiting(): Promise<Output<'requests', 'waiting'>> {
    const { client, mirror } = this.#current();
    const isOffered = announcedFeatures(mirror).has('accessRequests');
    const administers = mirror.vaults.all().some(({ access }) => access === 'admin');
    if (!isOffered || !administers) return { count: 0 };
    return { count: (await listRequests(client, { offset: 0, limit: 1 })).total };
  }

  async list(offset: number): Promise<Output<'requests', 'list'>> {
    const account = this.#current();
    const { items, total } = await listRequests(account.client, { offset, limit: requestsPage });
    const strangers = await this.#strangers(account, items);
    return { total, requests: items.map((request) => viewOf(account, request, strangers)) };
  }

  async confirm(wishes: readonly Confirmation[]): Promise<Output<'requests', 'confirm'>> {
    const account = this.#current();
    const outcomes: Output<'requests', 'confirm'>['outcomes'] = [];
    for (const wish of wishes) {
      outcomes.push({ id: wish.id, failure: await this.#outcome(account, wish, wishes.length > 1) });
    }
    return { outcomes };
  }

  async decline(id: string): Promise<void> {
    await declineRequest(this.#current().client, id);
  }

  /** @throws StrongroomError `noSuchVault`, `vaultKeyChanged`, `vaultKeyMissing` */
  vouch(vaultId: string): void {
    const account = this.#current();
    passedOnKey(account, vaultId);
    account.vaultKeys?.vouch(vaultId);
    account.learned();
  }

  async #outcome(
    account: OpenAccount,
    wish: Confirmation,
    isOneOfMany: boolean,
  ): Promise<Output<'requests', 'confirm'>['outcomes'][number]['failure']> {
    try {
      await this.#confirmOne(account, wish, isOneOfMany);
      return null;
    } catch (failure) {
      if (!(failure instanceof StrongroomError) || failure.code === 'locked') throw failure;
      return { code: failure.code, params: { ...failure.params } };
    }
  }

  async #confirmOne(account: OpenAccount, wish: Confirmation, isOneOfMany: boolean): Promise<void> {
    const { client, recipients } = account;
    const { id, vaultId, userId, fingerprint, allowWeak } = wish;
    // First, so that a vault in doubt does not even have a recipient pinned.
    confirmableKey(account, vaultId);
    if (isOneOfMany && !recipients.isCompared(userId, fingerprint)) {
      throw new StrongroomError('keyNotCompared');
    }
    await requireInPeople(account, userId);
    const recipient = await recipients.admit({ userId, fingerprint, allowWeak });
    // Once more: a sync may have taken the key away or put it in doubt while the server was asked.
    const wrapped = recipient.wrapVaultKey(confirmableKey(account, vaultId));
    await confirmRequest(client, id, { wrapped, fingerprint });
  }

  /** Whoever is not among those whose keys are known here is looked for in the list of people. */
  async #strangers(account: OpenAccount, items: readonly RemoteRequest[]): Promise<ReadonlySet<string>> {
    const unseen = new Set(
      items
        .filter(
          ({ user, publicKeyFingerprint }) => judged(account, user.id, publicKeyFingerprint) === 'unseen',
        )
        .map(({ user }) => user.id),
    );
    const strangers = new Set<string>();
    for (const userId of unseen) {
      if (!(await isInPeople(account, userId))) strangers.add(userId);
    }
    return strangers;
  }
}

/** Throws `vaultKeyUnverified`, and as `passedOnKey`. */
function confirmableKey(account: OpenAccount, serverId: string): VaultKey {
  const { mirror } = account;
  const vault = mirror.vaults.byServerId(serverId);
  if (vault === null) throw new StrongroomError('vaultKeyMissing');
  if (trustOf(mirror, vault) === 'unverified') throw new StrongroomError('vaultKeyUnverified');
  return passedOnKey(account, vault.id);
}

const judged = ({ recipients }: OpenAccount, userId: string, fingerprint: string | null): RecipientTrust =>
  recipients.judge(userId, fingerprint);

async function isInPeople({ client }: OpenAccount, userId: string): Promise<boolean> {
  try {
    return (await readAccount(client, userId)).id === userId;
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') return false;
    throw failure;
  }
}

async function requireInPeople(account: OpenAccount, userId: string): Promise<void> {
  if (!(await isInPeople(account, userId))) throw new StrongroomError('notInPeople');
}

function viewOf(
  account: OpenAccount,
  request: RemoteRequest,
  strangers: ReadonlySet<string>,
): AccessRequestView {
  const { id, user, group, requester, reason, createdAt, publicKeyFingerprint: fingerprint } = request;
  // The id decides which key goes out, so the name beside it is the one this device knows it by.
  const vault = { ...request.vault, name: knownName(account, request) };
  const trust = judged(account, user.id, fingerprint);
  return {
    ...{ id, vault, reason, createdAt, fingerprint, trust },
    ...rosterOf(account, user.id, fingerprint),
    person: { id: user.id, name: user.fullName || user.login, login: user.login },
    group: group?.name ?? null,
    requester: requester && (requester.fullName || requester.login),
    obstacle: obstacleOf(account, request, trust, strangers.has(user.id)),
  };
}

/** What rosters say of the key that the request names. */
function rosterOf(
  { recipients }: OpenAccount,
  userId: string,
  fingerprint: string | null,
): Pick<AccessRequestView, 'roster' | 'isCompared'> {
  if (fingerprint === null) return { roster: null, isCompared: false };
  const word = recipients.wordOn(userId, fingerprint);
  return {
    roster: word && { ...word, signers: [...word.signers] },
    isCompared: recipients.isCompared(userId, fingerprint),
  };
}

function knownName({ mirror }: OpenAccount, { vault }: RemoteRequest): string {
  return mirror.vaults.byServerId(vault.id)?.name ?? vault.name;
}

function obstacleOf(
  { mirror, recipients }: OpenAccount,
  request: RemoteRequest,
  trust: RecipientTrust,
  isStranger: boolean,
): RequestObstacle | null {
  const { user, publicKeyFingerprint: fingerprint } = request;
  const vault = mirror.vaults.byServerId(request.vault.id);
  const vaultTrust = vault === null ? 'keyMissing' : trustOf(mirror, vault);
  if (vaultTrust === 'keyMissing') return 'vaultKeyMissing';
  if (vaultTrust === 'keyChanged') return 'vaultKeyChanged';
  if (isStranger) return 'unknownPerson';
  if (trust === 'missing') return 'noKey';
  if (trust === 'changed') return 'keyChanged';
  if (rosterStops(recipients.wordOn(user.id, fingerprint ?? ''))) return 'rosterDiffers';
  return vaultTrust === 'unverified' ? 'vaultKeyUnverified' : null;
}
