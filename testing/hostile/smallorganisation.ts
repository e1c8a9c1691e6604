/**
 * A small organisation on a real server of its own: every kind of thing that a sync carries,
 * few enough of each that a suite can break the line at every single request.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sealInboxKey, sealShortcutKey } from '../../main/keychain/index.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../server/index.ts';
import type { SamplePerson } from '../organisation/cast.ts';
import { draft, type RecordDraft } from '../organisation/drafts.ts';
import { httpClient } from '../organisation/http.ts';
import { createLedger, type Ledger } from '../organisation/ledger.ts';
import { accountOf, createVault, signIn, writeRecord } from '../organisation/member.ts';
import type { Member, OpenVault, WrittenRecord } from '../organisation/member.ts';

function person(login: string, role: SamplePerson['role'], masterPassword: string | null): SamplePerson {
  const email = `${login}@small.example`;
  return { login, email, fullName: login, password: `${login} signs in`, masterPassword, role, groups: [] };
}

export const anna = person('anna', 'administrator', 'Anna öffnet den Tresor');
export const boris = person('boris', 'user', 'Борис открывает сейф');
export const nina = person('nina', 'administrator', null);

/** A real server with a data folder of its own. */
export interface OwnServer extends RunningServer {
  readonly setupToken: string;
  /** Stops the server and removes its data. */
  end(): Promise<void>;
}

/** Starts a server whose log-in is quick; everything else is as in production. */
export async function startOwnServer(options: Partial<ServerOptions> = {}): Promise<OwnServer> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'strongroom-server-'));
  const server = await startServer({ dataFolder, passwordIterations: 1000, ...options });
  const setupToken = readFileSync(path.join(dataFolder, 'setup_token'), 'utf8').trim();
  return {
    ...server,
    setupToken,
    end: async () => {
      await server.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** What was built; `ledger` holds every secret in the clear. */
export interface SmallOrganisation {
  readonly anna: Member;
  readonly boris: Member;
  readonly servers: OpenVault;
  readonly office: OpenVault;
  readonly records: readonly WrittenRecord[];
  readonly ledger: Ledger;
}

function serverRecords(): RecordDraft[] {
  return [
    draft('Router', {
      login: 'root',
      password: 'correct horse battery staple',
      urls: ['https://router.example', 'ssh://router.example'],
      tags: ['net', 'сеть'],
      color: 5,
      customs: [
        { name: 'one-time code', value: 'JBSWY3DPEHPK3PXP', type: 'totp' },
        { name: 'serial', value: 'SN-4711 длинный серийный номер оборудования', type: 'text' },
      ],
      isFavorite: true,
    }),
    draft('Datenbank', {
      login: 'postgres',
      password: 'пароль от базы',
      formerPasswords: ['first', 'second'],
      attachments: [
        { name: 'ca.pem', bytes: Buffer.from('-----BEGIN CERTIFICATE-----\nпример\n') },
        {
          name: 'dump.bin',
          bytes: Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) % 256)),
        },
      ],
    }),
    draft('Empty'),
  ];
}

function officeRecords(): RecordDraft[] {
  return [
    draft('Door code', { password: '1234', customs: [{ name: 'alarm', value: '0000', type: 'password' }] }),
    draft('Wi-Fi', { login: 'guest', password: 'gäste', description: 'Changes each month' }),
  ];
}

/** Fills an empty server: two people, two vaults of anna's, one of boris', a shortcut, an inbox entry. */
export async function buildSmallOrganisation(
  server: Pick<OwnServer, 'url' | 'setupToken'>,
): Promise<SmallOrganisation> {
  const ledger = createLedger();
  const http = httpClient(server.url);
  await http.send('POST', '/setup', {
    setupToken: server.setupToken,
    organisation: { name: 'Small', clientSideEncryption: true },
    owner: await accountOf(anna, ledger),
  });
  const owner = await signIn(http, anna);
  await owner.http.send('POST', '/users', await accountOf(boris, ledger));
  const other = await signIn(http, boris);
  const servers = await createVault(owner, 'Servers', 'company', ledger);
  const office = await createVault(owner, 'Büro', 'privateShared', ledger);
  const rack = await createFolder(owner, servers, 'Rack 1', null);
  const shelf = await createFolder(owner, servers, 'Shelf', rack);
  const records: WrittenRecord[] = [];
  for (const [index, record] of serverRecords().entries()) {
    records.push(await writeRecord(owner, servers, [null, rack, shelf][index] ?? null, record, ledger));
  }
  for (const record of officeRecords()) records.push(await writeRecord(owner, office, null, record, ledger));
  await shortcutTo(owner, records[0], office);
  records.push(await sendFrom(other, owner, ledger));
  return { anna: owner, boris: other, servers, office, records, ledger };
}

/** An organisation without client-side encryption, with one vault of two records. */
export async function buildPlainOrganisation(
  server: OwnServer,
): Promise<{ nina: Member; vault: OpenVault; ledger: Ledger }> {
  const ledger = createLedger();
  const http = httpClient(server.url);
  await http.send('POST', '/setup', {
    setupToken: server.setupToken,
    organisation: { name: 'Plain', clientSideEncryption: false },
    owner: await accountOf(nina, ledger),
  });
  const owner = await signIn(http, nina);
  const vault = await createVault(owner, 'Studio', 'company', ledger);
  for (const record of [...serverRecords().slice(0, 2)])
    await writeRecord(owner, vault, null, record, ledger);
  return { nina: owner, vault, ledger };
}

async function createFolder(member: Member, vault: OpenVault, name: string, parentFolderId: string | null) {
  return (
    await member.http.send<{ id: string }>('POST', '/folders', { name, vaultId: vault.id, parentFolderId })
  ).id;
}

async function shortcutTo(member: Member, record: WrittenRecord | undefined, to: OpenVault): Promise<void> {
  if (!record?.key || !to.key) throw new Error('A shortcut needs both keys.');
  const keyEncrypted = sealShortcutKey(record.key, to.key);
  await member.http.send('POST', '/shortcuts', {
    vaultId: to.id,
    folderId: null,
    itemId: record.id,
    keyEncrypted,
  });
}

async function sendFrom(sender: Member, receiver: Member, ledger: Ledger): Promise<WrittenRecord> {
  const vault = await createVault(sender, 'Boris', 'privateShared', ledger);
  const record = await writeRecord(
    sender,
    vault,
    null,
    draft('For Anna', { login: 'anna', password: 'sent' }),
    ledger,
  );
  const { publicKey } = await sender.http.send<{ publicKey: string }>(
    'GET',
    `/users/${receiver.userId}/public-key`,
  );
  if (!record.key) throw new Error('The record has no key.');
  await sender.http.send('POST', '/inbox-items', {
    itemId: record.id,
    userId: receiver.userId,
    access: 'read',
    keyEncrypted: sealInboxKey(record.key, publicKey),
  });
  return record;
}
