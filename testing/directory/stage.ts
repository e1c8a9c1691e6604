/** A server with an organisation beside a directory of its own, for the suites of both. */
import type { Member, TrialOrganisation, TrialServer } from '../organisation/index.ts';
import { startTrialServer, trialOrganisation } from '../organisation/index.ts';
import type { LocalDirectory } from './slapd.ts';
import { groupsBase, peopleBase, readerDn, readerPassword, startSlapd } from './slapd.ts';

export interface Preview {
  digest: string;
  changes: { kind: string; login: string; group: string }[];
  conflicts: { kind: string; name: string }[];
  blocksTooMany: boolean;
}

export interface DirectoryState {
  settings: { groups: { taken: { dn: string; groupId: string | null }[] } } | null;
  progress: object | null;
  outcome: {
    startedAt: number;
    startedBy: string | null;
    result: string;
    fault: string | null;
    counts: Record<string, number>;
  } | null;
}

interface ListedPerson {
  id: string;
  login: string;
  fullName: string;
  isBlocked: boolean;
}

const patience = 600;

/** Everything that the suites ask of server and directory. */
export interface DirectoryStage {
  readonly directory: LocalDirectory;
  readonly server: TrialServer;
  readonly organisation: TrialOrganisation;
  readonly owner: Member;
  /** The groups that `set` takes. */
  taken: { dn: string; groupId: string | null }[];
  /** Moves the server's clock. */
  pass(milliseconds: number): void;
  /** Settings that work, but for what is given. */
  settings(members?: object): Record<string, unknown>;
  set(members?: object): Promise<unknown>;
  state(): Promise<DirectoryState>;
  preview(): Promise<Preview>;
  /** Waits until no sync is under way. */
  ended(): Promise<NonNullable<DirectoryState['outcome']>>;
  sync(digest?: string): Promise<NonNullable<DirectoryState['outcome']>>;
  users(): Promise<Map<string, ListedPerson>>;
  logIn(username: string, password: string): Promise<{ accessToken: string }>;
  close(): Promise<void>;
}

const usual = {
  people: { bases: [peopleBase], filter: '(objectClass=inetOrgPerson)' },
  attributes: {
    ...{ login: 'uid', fullName: 'cn', email: 'mail', uniqueId: 'entryUUID' },
    ...{ groupName: 'cn', groupMember: 'member' },
  },
  ...{ startTls: false, ca: null, bindDn: readerDn, bindPassword: readerPassword },
  ...{ membersAre: 'dn', logsIn: true, adopts: false, intervalMinutes: null },
};

/** Starts both. */
export async function startDirectoryStage(): Promise<DirectoryStage> {
  const directory = await startSlapd();
  let now = Date.now();
  const server = await startTrialServer({ clock: () => now, directoryCheckSeconds: 0.2 });
  const organisation = await trialOrganisation(server, 'owner', true);
  const { owner } = organisation;
  const stage: DirectoryStage = {
    ...{ directory, server, organisation, owner, taken: [] },
    pass: (milliseconds) => (now += milliseconds),
    settings(members = {}) {
      const groups = { bases: [groupsBase], filter: '(objectClass=groupOfNames)', taken: this.taken };
      return { ...usual, url: directory.url, groups, ...members };
    },
    set(members = {}) {
      return owner.http.send('POST', '/directory', this.settings(members));
    },
    state: () => owner.http.send('GET', '/directory'),
    preview: () => owner.http.send('POST', '/directory/preview', {}),
    async ended() {
      for (let attempt = 0; attempt < patience; attempt += 1) {
        const { progress, outcome } = await this.state();
        if (progress === null && outcome) return outcome;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('The sync does not end.');
    },
    async sync(digest) {
      await owner.http.send('POST', '/directory/sync', { digest });
      return this.ended();
    },
    async users() {
      const { items } = await owner.http.send<{ items: ListedPerson[] }>('GET', '/users');
      return new Map(items.map((each) => [each.login, each]));
    },
    logIn: (username, password) => server.http.send('POST', '/users/login', { username, password }),
    async close() {
      await server.close();
      await directory.stop();
    },
  };
  return stage;
}
