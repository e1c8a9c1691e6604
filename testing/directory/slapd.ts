/**
 * An LDAP directory of its own for a suite: OpenLDAP's slapd on loopback, its data in a temporary
 * folder, gone afterwards. It has TLS from an authority of its own, and gives a reader at most a
 * few hundred entries at once, as directories do.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'ldapts';
import { makeCertificate } from '../hostile/certificates.ts';

export const suffix = 'dc=corp,dc=example';
export const readerDn = `cn=reader,${suffix}`;
export const peopleBase = `ou=people,${suffix}`;
export const groupsBase = `ou=groups,${suffix}`;
const rootDn = `cn=admin,${suffix}`;
const rootPassword = 'root of the trial directory';
export const readerPassword = 'the reader reads';

const binary = '/usr/sbin/slapd';
const schemas = '/etc/ldap/schema';
const modules = '/usr/lib/ldap';

export interface LocalDirectory {
  /** `ldap://` on loopback; StartTLS works there. */
  readonly url: string;
  /** `ldaps://` on loopback. */
  readonly secureUrl: string;
  /** The authority of its certificate, in PEM. */
  readonly ca: string;
  /** Works on the directory as its administrator. */
  as<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
  /** Puts somebody in; the DN is answered. */
  person(uid: string, members?: Partial<PersonWish>): Promise<string>;
  /** Puts a group in; the DN is answered. */
  group(cn: string, memberDns: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface PersonWish {
  fullName: string;
  email: string;
  password: string;
}

/** True where slapd is installed; says so where it is not. */
export function hasSlapd(): boolean {
  const isThere = existsSync(binary) && existsSync(join(schemas, 'core.schema'));
  if (!isThere) console.warn('slapd is not installed here: nothing is tried against a directory.');
  return isThere;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

function writeConfiguration(folder: string): string {
  const authority = makeCertificate({ name: 'Directory authority', authority: true });
  const leaf = makeCertificate({ name: 'directory', hosts: ['127.0.0.1', 'localhost'], signedBy: authority });
  for (const [name, text] of Object.entries({ ca: authority.cert, cert: leaf.cert, key: leaf.key })) {
    writeFileSync(join(folder, `${name}.pem`), text, { mode: 0o600 });
  }
  mkdirSync(join(folder, 'data'));
  const lines = [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include ${schemas}/${name}.schema`),
    ...[`modulepath ${modules}`, 'moduleload back_mdb', `pidfile ${folder}/slapd.pid`],
    ...[`TLSCACertificateFile ${folder}/ca.pem`, `TLSCertificateFile ${folder}/cert.pem`],
    ...[`TLSCertificateKeyFile ${folder}/key.pem`, 'TLSVerifyClient never'],
    ...['database mdb', 'maxsize 268435456', `suffix "${suffix}"`, `directory ${folder}/data`],
    ...[`rootdn "${rootDn}"`, `rootpw "${rootPassword}"`, 'dbnosync'],
    'limits * size.soft=500 size.hard=500 size.prtotal=unlimited',
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by users read by * none',
  ];
  writeFileSync(join(folder, 'slapd.conf'), `${lines.join('\n')}\n`);
  return authority.cert;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ url, connectTimeout: 1_000, timeout: 2_000 });
  try {
    await client.bind(rootDn, rootPassword);
    await client.unbind();
    return true;
  } catch {
    // Not yet: whoever asks comes again, and gives up in the end.
    return false;
  }
}

async function begin(client: Client): Promise<void> {
  await client.add(suffix, { objectClass: ['dcObject', 'organization'], dc: 'corp', o: 'Corp' });
  for (const ou of ['people', 'groups']) {
    await client.add(`ou=${ou},${suffix}`, { objectClass: 'organizationalUnit', ou });
  }
  const reader = { objectClass: ['organizationalRole', 'simpleSecurityObject'], cn: 'reader' };
  await client.add(readerDn, { ...reader, userPassword: readerPassword });
}

/** Starts a directory with nobody in it but the reader. */
export async function startSlapd(): Promise<LocalDirectory> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-slapd-'));
  const ca = writeConfiguration(folder);
  const url = `ldap://127.0.0.1:${await freePort()}`;
  const secureUrl = `ldaps://127.0.0.1:${await freePort()}`;
  const given = ['-f', join(folder, 'slapd.conf'), '-h', `${url}/ ${secureUrl}/`, '-d', '0'];
  const server = spawn(binary, given, { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await answers(url)); attempt += 1) {
    if (server.exitCode !== null || attempt > 100) {
      await stop();
      throw new Error('The local slapd does not answer.');
    }
    await pause(100);
  }
  const as: LocalDirectory['as'] = async (work) => {
    const client = new Client({ url, timeout: 30_000 });
    await client.bind(rootDn, rootPassword);
    try {
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  await as(begin);
  return { url, secureUrl, ca, as, stop, ...adding(as) };
}

function adding(as: LocalDirectory['as']): Pick<LocalDirectory, 'person' | 'group'> {
  return {
    person: (uid, members = {}) =>
      as(async (client) => {
        const dn = `uid=${uid},${peopleBase}`;
        const { fullName = `Person ${uid}`, email = `${uid}@corp.example`, password } = members;
        await client.add(dn, {
          ...{ objectClass: 'inetOrgPerson', uid, cn: fullName, sn: uid, mail: email },
          ...(password === undefined ? {} : { userPassword: password }),
        });
        return dn;
      }),
    group: (cn, memberDns) =>
      as(async (client) => {
        const dn = `cn=${cn},${groupsBase}`;
        await client.add(dn, { objectClass: 'groupOfNames', cn, member: [...memberDns] });
        return dn;
      }),
  };
}
