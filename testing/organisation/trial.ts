/**
 * A server for the length of one suite, on a data folder of its own, and small
 * organisations on it. Password hashing is turned down, since suites log in often.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOptions } from '../../server/index.ts';
import { startServer } from '../../server/index.ts';
import type { SamplePerson } from './cast.ts';
import type { Http } from './http.ts';
import { httpClient } from './http.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Member } from './member.ts';
import { accountOf, signIn } from './member.ts';
import { trialDatabase } from './trialdatabase.ts';
import { trialStore } from './trialfiles.ts';

export interface TrialServer {
  readonly url: string;
  readonly setupToken: string;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly http: Http;
  /** Stops the server and keeps its data folder. */
  stop(): Promise<void>;
  /** Stops the server and removes its data folder. */
  close(): Promise<void>;
}

/** Starts a server on a new folder under the system's temporary one, or on a given one. */
export async function startTrialServer(options: Partial<ServerOptions> = {}): Promise<TrialServer> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'strongroom-server-'));
  const logFile = join(dataFolder, 'server.log');
  const database = await trialDatabase(dataFolder);
  const files = trialStore(dataFolder);
  const server = await startServer({
    ...(files === undefined ? {} : { files }),
    ...{ passwordIterations: 1_000, logFile, ...options, dataFolder },
    ...(database === undefined ? {} : { database }),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.close());
  return {
    url: server.url,
    setupToken: readFileSync(join(dataFolder, 'setup_token'), 'utf8').trim(),
    dataFolder,
    logFile,
    http: httpClient(server.url),
    stop,
    close: async () => {
      await stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A small organisation: its owner and a way to let more people in. */
export interface TrialOrganisation {
  readonly owner: Member;
  readonly ledger: Ledger;
  /** Creates an account and logs it in. */
  join(login: string, role?: SamplePerson['role']): Promise<Member>;
}

function person(login: string, role: SamplePerson['role'], encrypted: boolean): SamplePerson {
  return {
    login,
    email: `${login}@trial.example`,
    fullName: `Trial ${login}`,
    password: `login-of-${login}`,
    masterPassword: encrypted ? `master-password-of-${login}` : null,
    role,
    groups: [],
  };
}

/** Creates an organisation on a trial server; logins must be unique on the server. */
export async function trialOrganisation(
  server: Pick<TrialServer, 'http' | 'setupToken'>,
  ownerLogin: string,
  clientSideEncryption: boolean,
): Promise<TrialOrganisation> {
  const ledger = createLedger();
  const owner = person(ownerLogin, 'administrator', clientSideEncryption);
  await server.http.send('POST', '/setup', {
    setupToken: server.setupToken,
    organisation: { name: `Organisation of ${ownerLogin}`, clientSideEncryption },
    owner: await accountOf(owner, ledger),
  });
  const member = await signIn(server.http, owner);
  return {
    owner: member,
    ledger,
    async join(login, role = 'user') {
      const newcomer = person(login, role, clientSideEncryption);
      const roles = await member.http.send<{ items: { id: string; code: string }[] }>('GET', '/user-roles');
      const userRoleId = roles.items.find((each) => each.code === role)?.id;
      await member.http.send('POST', '/users', { ...(await accountOf(newcomer, ledger)), userRoleId });
      return signIn(server.http, newcomer);
    },
  };
}
