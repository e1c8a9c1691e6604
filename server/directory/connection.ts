/**
 * One conversation with a directory: connect, TLS, bind, ask, hang up.
 *
 * The client would quietly connect again after a cut, and after StartTLS it would do so without
 * TLS and without having bound. So each conversation may connect once only. Everything is
 * bounded: a directory that does not answer, or answers without end, ends the conversation.
 */
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Entry, Filter } from 'ldapts';
import {
  Client,
  InappropriateAuthError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  ResultCodeError,
} from 'ldapts';
import type { DirectoryAddress } from './settings.ts';
import { DirectoryProblem } from './settings.ts';

const connectMs = 10_000;
const operationMs = 30_000;
const pageSize = 500;

/** What to look for. */
export interface Question {
  base: string;
  scope: 'base' | 'sub';
  filter: Filter;
  attributes: string[];
  /** Attributes whose values are bytes. */
  bytes?: string[];
}

/** A directory that somebody has bound to. */
export interface OpenDirectory {
  /** Everything that matches, page by page (RFC 2696); more than `most` entries is a fault. */
  search(question: Question, most: number): Promise<Entry[]>;
}

function tlsOptions(address: Pick<DirectoryAddress, 'url' | 'ca'>): ConnectionOptions {
  const host = new URL(address.url).hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(address.ca === null ? {} : { ca: address.ca }),
  };
}

function clientFor(address: DirectoryAddress): Client {
  const { hostname, port, protocol } = new URL(address.url);
  const isSecure = protocol === 'ldaps:';
  const options = tlsOptions(address);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  let isUsed = false;
  const once = () => {
    if (isUsed) throw new DirectoryProblem('unreachable');
    isUsed = true;
  };
  return new Client({
    ...{ url: address.url, connectTimeout: connectMs, timeout: operationMs, strictDN: false },
    createConnection: () => {
      once();
      return connectPlain({ host, port: Number(port || 389) });
    },
    // StartTLS comes here as well, with the socket that is connected already.
    ...(isSecure
      ? {
          createSecureConnection: () => {
            once();
            return connectTls({ ...options, port: Number(port || 636) });
          },
        }
      : {}),
  });
}

const tlsCodes = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/;

/** What went wrong, without the words of whoever said so. */
function problemFrom(error: unknown): DirectoryProblem {
  if (error instanceof DirectoryProblem) return error;
  if (error instanceof InvalidCredentialsError || error instanceof InappropriateAuthError) {
    return new DirectoryProblem('credentialsRefused');
  }
  if (error instanceof InvalidDNSyntaxError || error instanceof NoSuchObjectError) {
    return new DirectoryProblem('baseMissing');
  }
  if (error instanceof ResultCodeError) return new DirectoryProblem('refused');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new DirectoryProblem(tlsCodes.test(code) ? 'tlsRefused' : 'unreachable');
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DirectoryProblem('tookTooLong')), milliseconds);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function searchIn(client: Client, question: Question, most: number): Promise<Entry[]> {
  const { base, scope, filter, attributes, bytes = [] } = question;
  const asked = { scope, filter, attributes, explicitBufferAttributes: bytes };
  const pages = client.searchPaginated(base, { ...asked, paged: { pageSize } });
  const found: Entry[] = [];
  for await (const page of pages) {
    found.push(...page.searchEntries);
    if (found.length > most) throw new DirectoryProblem('tooMany');
  }
  return found;
}

async function hangUp(client: Client): Promise<void> {
  try {
    await client.unbind();
  } catch (error) {
    // The other side may have gone first; what was asked has been answered by then.
    if (!(error instanceof Error)) throw error;
  }
}

/**
 * Binds and lets `work` ask. Rejects with a `DirectoryProblem` for whatever the directory is the
 * reason of. An empty password is refused here: directories take it for "nobody" and say yes
 * (RFC 4513, "Unauthenticated Authentication Mechanism of Simple Bind").
 */
export async function withDirectory<Result>(
  address: DirectoryAddress,
  work: (directory: OpenDirectory) => Promise<Result>,
): Promise<Result> {
  if (address.bindDn === '' || address.bindPassword === '') throw new DirectoryProblem('credentialsRefused');
  const client = clientFor(address);
  try {
    await opened(client, address);
    return await work({
      search: async (question, most) => {
        try {
          return await searchIn(client, question, most);
        } catch (error) {
          throw problemFrom(error);
        }
      },
    });
  } finally {
    await hangUp(client);
  }
}

async function opened(client: Client, address: DirectoryAddress): Promise<void> {
  try {
    if (address.startTls) await within(connectMs, startTls(client, address));
    await within(operationMs, client.bind(address.bindDn, address.bindPassword));
  } catch (error) {
    throw problemFrom(error);
  }
}

async function startTls(client: Client, address: DirectoryAddress): Promise<void> {
  try {
    await client.startTLS(tlsOptions(address));
  } catch (error) {
    if (error instanceof ResultCodeError) throw new DirectoryProblem('tlsRefused');
    throw error;
  }
}

/** Whether somebody's name and password are taken. Rejects when that cannot be found out. */
export async function takesPassword(
  address: Omit<DirectoryAddress, 'bindDn' | 'bindPassword'>,
  dn: string,
  password: string,
): Promise<boolean> {
  if (password === '') return false;
  try {
    return await withDirectory({ ...address, bindDn: dn, bindPassword: password }, async () => true);
  } catch (error) {
    if (error instanceof DirectoryProblem && error.fault === 'credentialsRefused') return false;
    throw error;
  }
}
