/**
 * Names for the ids of the activity log: from the mirror where the thing is on this device, else from
 * the server's people and groups. What nobody here knows keeps its id.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { groupsPage, listGroups, listRoles, readAccount } from '../../remote/index.ts';
import type { RemoteActivity, RemoteClient } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** People asked for by themselves for one page; a log of strangers would be many. */
const mostAsked = 40;
const atATime = 5;

export class ObjectNames {
  readonly #account: OpenAccount;
  /** Null for what was asked for and is not known. */
  readonly #asked = new Map<string, string | null>();
  #vaultIds: ReadonlyMap<string, string> = new Map();

  constructor(account: OpenAccount) {
    this.#account = account;
  }

  /** Finds out what `nameOf` needs for these entries. Throws the network's codes. */
  async prepare(entries: readonly RemoteActivity[]): Promise<void> {
    const { mirror, client } = this.#account;
    this.#vaultIds = new Map(mirror.vaults.all().map(({ serverId, name }) => [serverId, name]));
    for (const { actor } of entries) if (actor) this.#asked.set(actor.id, actor.fullName || actor.login);
    const groupIds = entries.flatMap((entry) => idsIn(entry, 'userGroup'));
    if (groupIds.some((id) => !this.#asked.has(id))) await this.#learnGroups(client);
    const roleIds = entries.flatMap((entry) => idsIn(entry, 'userRole'));
    if (roleIds.some((id) => !this.#asked.has(id))) await this.#learnRoles(client);
    const userIds = entries.flatMap(peopleIn);
    const unknown = [...new Set(userIds)].filter((id) => !this.#asked.has(id)).slice(0, mostAsked);
    for (let at = 0; at < unknown.length; at += atATime) {
      await Promise.all(unknown.slice(at, at + atATime).map((id) => this.#learnPerson(client, id)));
    }
  }

  /** Null where nothing here knows the thing. */
  nameOf(id: string): string | null {
    const { mirror } = this.#account;
    const record = mirror.records.byServerId('record', id);
    return (
      this.#asked.get(id) ??
      this.#vaultIds.get(id) ??
      record?.name ??
      mirror.folders.byServerId(id)?.name ??
      mirror.users.get(id)?.fullName ??
      null
    );
  }

  async #learnGroups(client: RemoteClient): Promise<void> {
    const { items } = await listGroups(client, { search: '', offset: 0, limit: groupsPage });
    for (const { id, name } of items) this.#asked.set(id, name);
  }

  async #learnRoles(client: RemoteClient): Promise<void> {
    for (const { id, name } of (await listRoles(client)).items) this.#asked.set(id, name);
  }

  async #learnPerson(client: RemoteClient, id: string): Promise<void> {
    try {
      const { fullName, login } = await readAccount(client, id);
      this.#asked.set(id, fullName || login);
    } catch (cause) {
      // A person who was deleted since keeps the id; anything else is a failure of its own.
      if (!(cause instanceof StrongroomError) || cause.code !== 'notFound') throw cause;
      this.#asked.set(id, null);
    }
  }
}

/** Ids of an entry that name a thing of a kind, by what its event is called. */
function idsIn({ event, objectId, subjectId }: RemoteActivity, kind: 'userGroup' | 'userRole'): string[] {
  if (event.startsWith(`${kind}_`) || event.endsWith(`_to_${kind}`) || event.endsWith(`_from_${kind}`)) {
    return [objectId];
  }
  return event.includes(`_${kind}_`) && subjectId !== null ? [subjectId] : [];
}

function peopleIn(entry: RemoteActivity): string[] {
  const { event, objectId, subjectId } = entry;
  const isAboutPerson = event.startsWith('user_') && !event.includes('_to_') && !event.includes('_from_');
  const subject = subjectId !== null && !event.includes('_userGroup_') && !event.startsWith('folder_moved');
  return [...(isAboutPerson ? [objectId] : []), ...(subject ? [subjectId] : [])];
}
