/**
 * Builds the sample organisation on a running server, through its API only.
 *
 * The content is the same in every run; keys, and so ciphertexts and ids, are not.
 */
import { sealInboxKey, sealShortcutKey } from '../../main/keychain/index.ts';
import type { GroupName, SamplePerson } from './cast.ts';
import { groupNames, organisationName, people, plainOrganisationName, plainPerson } from './cast.ts';
import { personalVault, studioVault } from './content/others.ts';
import type { FolderDraft, RecordDraft, VaultDraft } from './drafts.ts';
import { httpClient, inParallel } from './http.ts';
import type { Http } from './http.ts';
import type { Ledger, SampleSecret } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Member, OpenVault, WrittenRecord } from './member.ts';
import { accountOf, createVault, signIn, wrapFor, writeRecord } from './member.ts';
import type { Level } from './plan.ts';
import { companyVaults, seed } from './plan.ts';
import { choicesFrom } from './random.ts';

const requestsAtOnce = 6;

/** A vault of the sample and whoever created it. */
export interface SampleVault {
  id: string;
  name: string;
  creator: string;
  isOld: boolean;
}

/** A person of the sample as tests log in with. */
export interface SampleUser extends SamplePerson {
  userId: string;
}

/** What was built, and every secret that was written. */
export interface SampleOrganisation {
  readonly url: string;
  /** The ten people of the main organisation, then the owner of the one without client-side encryption. */
  readonly users: readonly SampleUser[];
  readonly vaults: readonly SampleVault[];
  readonly records: readonly WrittenRecord[];
  readonly secrets: readonly SampleSecret[];
  /** Names, logins, addresses, tags and so on: known to the running server, never in its files. */
  readonly readableByServer: readonly string[];
}

/** Keeps a share of the records of every place, at least one where there were any. */
function scaled<Place extends { records: RecordDraft[]; folders: FolderDraft[] }>(
  place: Place,
  scale: number,
): Place {
  if (scale >= 1) return place;
  const keep = Math.ceil(place.records.length * scale);
  return {
    ...place,
    records: place.records.slice(0, keep),
    folders: place.folders.map((folder) => scaled(folder, scale)),
  };
}

/** What the steps of one build share. */
interface Site {
  http: Http;
  ledger: Ledger;
  scale: number;
  records: WrittenRecord[];
  vaults: SampleVault[];
  /** Ids of folders at the top of vaults, by vault id and name. */
  topFolders: Map<string, string>;
}

async function fill(site: Site, member: Member, vault: OpenVault, draft: VaultDraft): Promise<void> {
  const writeAll = async (records: readonly RecordDraft[], folderId: string | null) => {
    const written = await inParallel(records, requestsAtOnce, (record) =>
      writeRecord(member, vault, folderId, record, site.ledger),
    );
    site.records.push(...written);
  };
  const descend = async (folders: readonly FolderDraft[], parentFolderId: string | null): Promise<void> => {
    for (const folder of folders) {
      site.ledger.readable(folder.name);
      const body = { name: folder.name, vaultId: vault.id, parentFolderId };
      const { id } = await member.http.send<{ id: string }>('POST', '/folders', body);
      if (parentFolderId === null) site.topFolders.set(`${vault.id}/${folder.name}`, id);
      await writeAll(folder.records, id);
      await descend(folder.folders, id);
    }
  };
  const kept = scaled(draft, site.scale);
  await writeAll(kept.records, null);
  await descend(kept.folders, null);
  site.vaults.push({ id: vault.id, name: vault.name, creator: member.person.login, isOld: vault.isOld });
}

/** Creates the organisation, its people and groups, and logs everybody in. */
async function gather(site: Site, setupToken: string) {
  const [owner, ...others] = people;
  if (!owner) throw new Error('The sample has no owner.');
  site.ledger.readable(organisationName, ...groupNames);
  await site.http.send('POST', '/setup', {
    setupToken,
    organisation: { name: organisationName, clientSideEncryption: true },
    owner: await accountOf(owner, site.ledger),
  });
  const first = await signIn(site.http, owner);
  const roles = await first.http.send<{ items: { id: string; code: string }[] }>('GET', '/user-roles');
  const groups = new Map<GroupName, string>();
  for (const name of groupNames) {
    const { id } = await first.http.send<{ id: string }>('POST', '/user-groups', { name });
    groups.set(name, id);
  }
  const joined = await inParallel(others, 3, async (person) => {
    await first.http.send('POST', '/users', {
      ...(await accountOf(person, site.ledger)),
      userRoleId: roles.items.find((role) => role.code === person.role)?.id,
      userGroupIds: person.groups.map((name) => groups.get(name)),
    });
    return signIn(site.http, person);
  });
  for (const name of owner.groups) {
    await first.http.send('POST', `/user-groups/${groups.get(name)}/add-users`, { userIds: [first.userId] });
  }
  return { owner: first, members: [first, ...joined], groups };
}

type Company = Awaited<ReturnType<typeof gather>>;

/** Gives people and groups their access, with the vault key wrapped for each. */
async function share(
  site: Site,
  company: Company,
  vault: OpenVault,
  access: readonly Level[],
): Promise<void> {
  const wrapped = async (member: Member) => {
    const answer = await company.owner.http.send<{ publicKey: string }>(
      'GET',
      `/users/${member.userId}/public-key`,
    );
    return wrapFor(vault, answer.publicKey);
  };
  for (const { person, group, level, folder } of access) {
    const concerned = company.members.filter((member) =>
      person === undefined
        ? group !== undefined && member.person.groups.includes(group)
        : member.person.login === person,
    );
    const keys: Record<string, string> = {};
    for (const member of concerned) keys[member.userId] = await wrapped(member);
    const place =
      folder === undefined
        ? `/vaults/${vault.id}`
        : `/folders/${site.topFolders.get(`${vault.id}/${folder}`)}`;
    const target =
      person === undefined
        ? { groupId: group && company.groups.get(group) }
        : { userId: concerned[0]?.userId };
    await company.owner.http.send('POST', `${place}/access`, { ...target, access: level, keys });
  }
}

const everyNth = <Value>(values: readonly Value[], n: number) =>
  values.filter((_, index) => index % n === n - 1);

/** Shows some records of one vault in another. */
async function makeShortcuts(site: Site, company: Company, from: OpenVault, to: OpenVault): Promise<void> {
  const records = site.records.filter((record) => record.vaultId === from.id);
  for (const record of everyNth(records, 9).slice(0, 8)) {
    const keyEncrypted = record.key && to.key ? sealShortcutKey(record.key, to.key) : null;
    const body = { vaultId: to.id, folderId: null, itemId: record.id, keyEncrypted };
    await company.owner.http.send('POST', '/shortcuts', body);
  }
}

/** Sends some records of a vault to people, for reading and for editing in turn. */
async function sendToInboxes(site: Site, company: Company, from: OpenVault): Promise<void> {
  const records = everyNth(
    site.records.filter((record) => record.vaultId === from.id),
    7,
  );
  const receivers = company.members.filter((member) => member !== company.owner);
  for (const [index, receiver] of receivers.entries()) {
    const record = records[index % Math.max(1, records.length)];
    if (!record?.key) continue;
    const { publicKey } = await company.owner.http.send<{ publicKey: string }>(
      'GET',
      `/users/${receiver.userId}/public-key`,
    );
    await company.owner.http.send('POST', '/inbox-items', {
      itemId: record.id,
      userId: receiver.userId,
      access: index % 2 === 0 ? 'read' : 'write',
      keyEncrypted: sealInboxKey(record.key, publicKey, { allowLegacyKey: true }),
    });
  }
}

async function buildCompany(site: Site, company: Company): Promise<void> {
  const built: OpenVault[] = [];
  for (const { draft, access, isOld } of companyVaults()) {
    const vault = await createVault(company.owner, draft.name, 'company', site.ledger, isOld ?? false);
    await fill(site, company.owner, vault, draft);
    await share(site, company, vault, access);
    built.push(vault);
  }
  const [infrastructure, finance, marketing, contractors, , archive] = built;
  if (!infrastructure || !finance || !marketing || !contractors || !archive) return;
  await makeShortcuts(site, company, infrastructure, contractors);
  await makeShortcuts(site, company, archive, infrastructure);
  await sendToInboxes(site, company, finance);
  await sendToInboxes(site, company, marketing);
}

async function buildPersonalVaults(site: Site, members: readonly Member[]): Promise<void> {
  await inParallel(members, 3, async (member) => {
    const draft = personalVault(
      choicesFrom(seed + people.indexOf(member.person) + 1),
      member.person.fullName,
    );
    const vault = await createVault(member, draft.name, 'privateShared', site.ledger);
    await fill(site, member, vault, draft);
  });
}

/** The second organisation, whose fields travel in plain base64. */
async function buildPlainOrganisation(site: Site, setupToken: string): Promise<Member> {
  site.ledger.readable(plainOrganisationName);
  await site.http.send('POST', '/setup', {
    setupToken,
    organisation: { name: plainOrganisationName, clientSideEncryption: false },
    owner: await accountOf(plainPerson, site.ledger),
  });
  const member = await signIn(site.http, plainPerson);
  const draft = studioVault(choicesFrom(seed - 1));
  await fill(site, member, await createVault(member, draft.name, 'company', site.ledger), draft);
  return member;
}

/** Options of a build: `scale` below 1 keeps that share of the records of every folder. */
export interface SampleOptions {
  scale?: number;
}

/** Builds the sample on an empty server; the setup token stands in the server's data folder. */
export async function buildSampleOrganisation(
  serverUrl: string,
  setupToken: string,
  options: SampleOptions = {},
): Promise<SampleOrganisation> {
  const site: Site = {
    http: httpClient(serverUrl),
    ledger: createLedger(),
    scale: options.scale ?? 1,
    records: [],
    vaults: [],
    topFolders: new Map(),
  };
  const company = await gather(site, setupToken);
  await buildCompany(site, company);
  await buildPersonalVaults(site, company.members);
  const plain = await buildPlainOrganisation(site, setupToken);
  return {
    url: serverUrl,
    users: [...company.members, plain].map((member) => ({ ...member.person, userId: member.userId })),
    vaults: site.vaults,
    records: site.records,
    secrets: site.ledger.secrets,
    readableByServer: [...site.ledger.readableByServer],
  };
}
