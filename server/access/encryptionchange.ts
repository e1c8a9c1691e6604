/**
 * The moment in which an organisation begins or ends to encrypt on its clients. To be called in one
 * transaction: nobody ever reads a record in one form while the organisation is in the other.
 */
import type { EncryptionChange } from '../storage/encryptionchanges.ts';
import type { ConvertedKind, Convertible } from '../storage/conversions.ts';
import { convertedKinds } from '../storage/conversions.ts';
import type { Rekeying } from '../storage/rekeying.ts';
import type { ReplacedFile } from '../storage/secrets.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Vault } from '../storage/vaults.ts';
import type { Cause, RaisedRequest } from './entitlement.ts';
import { settleKeys } from './entitlement.ts';
import { handOut } from './rekeying.ts';
import { endShares } from './shares.ts';

const portion = 500;

/** What came of a change: the requests that it raised, and files that nothing names any more. */
export interface ChangedEncryption {
  raised: RaisedRequest[];
  unwantedFiles: string[];
}

/** Every vault of an organisation, those in the bin included. */
export async function allVaults(storage: Repositories, organisationId: string): Promise<Vault[]> {
  return [
    ...(await storage.vaults.list(organisationId)),
    ...(await storage.vaults.listDeleted(organisationId)),
  ];
}

/** Everything of a vault that holds secrets, in portions. */
async function* contentsOf(
  storage: Repositories,
  vaultId: string,
): AsyncGenerator<{ kind: ConvertedKind; objects: readonly Convertible[] }> {
  for (const kind of convertedKinds) {
    for (let after: string | null = ''; after !== null;) {
      const { objects, last } = await storage.conversions.walk(vaultId, kind, after, portion);
      if (objects.length > 0) yield { kind, objects };
      after = last;
    }
  }
}

/** Whether everything of a vault has something put by that is made from its present state. */
async function isWhole(storage: Repositories, { id, vaultId }: Rekeying): Promise<boolean> {
  for await (const { kind, objects } of contentsOf(storage, vaultId)) {
    if ((await storage.conversions.current(id, kind, objects)).size < objects.length) return false;
  }
  return true;
}

async function stagedFor(
  storage: Repositories,
  rekeying: Rekeying,
  objects: readonly Convertible[],
): Promise<Map<string, ReplacedFile>> {
  const ids = objects.flatMap(({ content }) => content.attachments.map((entry) => entry.id));
  return storage.stagedFiles.of(rekeying.id, [...new Set(ids)]);
}

/** People whom something lets into a vault; whether it is enough is another question. */
async function mentioned(storage: Repositories, vault: Vault): Promise<Set<string>> {
  const people = new Set<string>();
  const groups = new Set<string>();
  for (const { userId, groupId } of await storage.access.ofVault(vault.id)) {
    if (userId !== null) people.add(userId);
    if (groupId !== null) groups.add(groupId);
  }
  for (const groupId of groups) {
    for (const userId of await storage.groups.memberIds(groupId)) people.add(userId);
  }
  const byType =
    vault.customTypeId === null ? [] : await storage.vaultTypes.administrators(vault.customTypeId);
  for (const userId of byType) people.add(userId);
  if (vault.type !== 'company') return people;
  for (const { id } of await storage.users.administrators(vault.organisationId)) people.add(id);
  return people;
}

async function convert(
  storage: Repositories,
  vault: Vault,
  rekeying: Rekeying,
  cause: Cause,
): Promise<ChangedEncryption> {
  const by = { editorId: cause.requesterId, at: cause.at };
  for await (const { kind, objects } of contentsOf(storage, vault.id)) {
    if (kind === 'item')
      await endShares(
        storage,
        objects.map(({ id }) => id),
      );
    const contents = await storage.conversions.current(rekeying.id, kind, objects);
    const files = await stagedFor(storage, rekeying, objects);
    await storage.conversions.replace(kind, contents, files, by);
  }
  const unwantedFiles = await storage.stagedFiles.adopt(rekeying.id, vault.id);
  await storage.rekeyings.replaceKey(vault, rekeying);
  await storage.requests.removeAll(vault.id);
  if (!cause.clientSideEncryption) {
    await storage.rekeyings.remove(rekeying.id);
    return { raised: [], unwantedFiles };
  }
  await handOut(storage, vault, rekeying);
  await storage.rekeyings.remove(rekeying.id);
  const holders = await storage.vaultKeys.holders(vault.id);
  const waiting = [...(await mentioned(storage, vault))].filter((userId) => !holders.has(userId));
  return { raised: await settleKeys(storage, [vault.id], waiting, cause), unwantedFiles };
}

/**
 * Puts a change in force, if nothing is missing; null where a vault was not begun with, or has
 * something that was not put by in its present state. Nothing is changed then.
 */
export async function putChangeInForce(
  storage: Repositories,
  change: EncryptionChange,
  by: Pick<Cause, 'requesterId' | 'at'>,
): Promise<ChangedEncryption | null> {
  const vaults = await allVaults(storage, change.organisationId);
  const begun = new Map((await storage.rekeyings.ofChange(change.id)).map((each) => [each.vaultId, each]));
  for (const { id } of vaults) {
    const rekeying = begun.get(id);
    if (!rekeying || !(await isWhole(storage, rekeying))) return null;
  }
  const isOn = change.direction === 'on';
  const cause: Cause = {
    ...{ ...by, reason: 'rekey', groupId: null, clientSideEncryption: isOn, renews: true },
  };
  const changed: ChangedEncryption = { raised: [], unwantedFiles: [] };
  for (const vault of vaults) {
    const rekeying = begun.get(vault.id);
    if (!rekeying) continue;
    const { raised, unwantedFiles } = await convert(storage, vault, rekeying, cause);
    changed.raised.push(...raised);
    changed.unwantedFiles.push(...unwantedFiles);
  }
  await storage.organisations.setEncryption(change.organisationId, isOn);
  await storage.encryptionChanges.finish(change.id, by.requesterId, by.at);
  return changed;
}

/** Gives a change up, with everything that was put by; answers the files that nothing names any more. */
export async function giveChangeUp(storage: Repositories, change: EncryptionChange): Promise<string[]> {
  const files: string[] = [];
  for (const { id } of await storage.rekeyings.ofChange(change.id)) {
    files.push(...(await storage.stagedFiles.dropAll(id)));
  }
  await storage.encryptionChanges.remove(change.id);
  return files;
}
