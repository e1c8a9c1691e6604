/**
 * The sample organisation, fully used through the real door: afterwards no secret of it stands
 * anywhere but where it was asked for.
 *
 * Searched are the server's folder and log, the line between both, the application's folder,
 * what the process printed, and everything that crossed the bridge. Exempt are exactly: the
 * account password in the body of a log-in, what was typed on its way in from the page,
 * values that were revealed, and names of custom fields of records that were opened.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { channelName } from '../../contract/index.ts';
import type { Output } from '../../contract/index.ts';
import { encodeBase32x } from '../../main/keychain/index.ts';
import { buildSampleOrganisation, startTrialServer } from '../organisation/index.ts';
import type { SampleOrganisation, SampleUser, TrialServer } from '../organisation/index.ts';
import { utf8 } from './accountstage.ts';
import { Application, devicePassphrase, page } from './application.ts';
import { asBytes, everythingIn, saidToServer } from './places.ts';
import { RecordingLine } from './recordingline.ts';
import { bytesOf, formsOf, SecretSearch, wantedOf } from './secretsearch.ts';
import type { Wanted } from './secretsearch.ts';

const userNames = ['anna.orlova', 'pavel.morozov'];
const plainName = 'nina.harbour';
const search = 'Сервер Zabbix needle-of-search';
const attached = Buffer.from('a file that was attached by the suite: needle-of-the-attached-file');
const mistyped = 'needle-of-a-mistyped-master-password';
/** Typed into the form of a record; none of them is ever revealed. */
const typed = {
  password: 'needle-of-a-typed-password',
  laterPassword: 'needle-of-a-password-typed-later',
  binnedPassword: 'needle-of-a-password-in-the-bin',
  label: 'needle-of-a-typed-label',
  value: 'needle-of-a-typed-value',
};

let server: TrialServer;
let sample: SampleOrganisation;
let line: RecordingLine;
/** The line of the account without client-side encryption, whose server may read everything. */
let plainLine: RecordingLine;
let app: Application;
let outside: string;
let wanted: Wanted[];
let tooShort: number;
let all: SecretSearch;
/** The application's folder at the moment when everything typed was waiting to be sent. */
let whileWaiting: Buffer;
const printed: string[] = [];
const revealed = new Set<string>();
const openedLabels = new Set<string>();

function userOf(login: string): SampleUser {
  const user = sample.users.find((each) => each.login === login);
  if (!user) throw new Error(`the sample has no ${login}`);
  return user;
}

/** Reads every list and opens every record; reveals and copies some. */
async function useShownAccount(): Promise<void> {
  const { vaults } = await app.ask('tree', 'overview', {});
  for (const vault of vaults) {
    const { folders } = await app.ask('tree', 'folders', { vaultId: vault.id });
    await app.ids({ kind: 'vault', vaultId: vault.id });
    for (const folder of folders.slice(0, 3)) await app.ids({ kind: 'folder', folderId: folder.id });
  }
  for (const kind of ['favourites', 'recent', 'inbox'] as const) await app.ids({ kind });
  for (const query of [search, 'a', 'сервер', 'example']) {
    await app.ask('records', 'search', { query, scope: null, offset: 0, limit: 50 });
  }
  for (const [index, recordId] of (await app.ids()).entries()) {
    const record = await app.ask('records', 'read', { recordId });
    for (const { label } of record.fields) openedLabels.add(label);
    if (index % 10 === 0) await revealAll(recordId, record.fields);
    if (index % 10 === 5) await copyAll(recordId, record.fields);
  }
}

type Fields = Output<'records', 'read'>['fields'];

async function revealAll(recordId: string, fields: Fields): Promise<void> {
  for (const { ref: field, empty } of fields) {
    const result = await app.call('records', 'revealField', { recordId, field });
    expect(result.ok ? null : result.error.code).toBe(empty ? 'emptyField' : null);
    if (result.ok) revealed.add(result.value.value);
  }
}

async function copyAll(recordId: string, fields: Fields): Promise<void> {
  for (const { ref: field, type, empty } of fields) {
    if (empty) continue;
    await app.ask('records', 'copyCustomField', { recordId, field });
    expect(app.clipboard).not.toBe('');
    if (type === 'totp') await app.ask('records', 'readCode', { recordId, field });
  }
}

/** Attaches a file to a record and saves one out. */
async function useFiles(): Promise<void> {
  const [recordId] = await app.ids({ kind: 'vault', vaultId: await writableVault() });
  if (recordId === undefined) throw new Error('there is no record to attach to');
  const path = join(outside, 'attached.txt');
  writeFileSync(path, attached);
  const { files } = await app.ask('attachments', 'stage', { paths: [path] });
  const token = files[0]?.token ?? '';
  const { attachmentId } = await app.ask('attachments', 'add', { recordId, token });
  app.dialogs.target = join(outside, 'saved.txt');
  expect(await app.ask('attachments', 'saveAs', { recordId, attachmentId })).toEqual({ saved: true });
  expect(readFileSync(join(outside, 'saved.txt'))).toEqual(attached);
}

async function writableVault(): Promise<string> {
  const { vaults } = await app.ask('tree', 'overview', {});
  const vault = vaults.find((each) => each.writable && each.recordCount > 0);
  if (!vault) throw new Error('no vault can be written');
  return vault.id;
}

const secret = (text: string) => ({ kind: 'set' as const, value: utf8(text) });

/** Types into records: one is sent, one is edited while it waits, one goes to the bin unsent. */
async function useEditor(): Promise<void> {
  const place = { vaultId: await writableVault(), folderId: null };
  const custom = { label: secret(typed.label), type: 'text', value: secret(typed.value) } as const;
  const fields = {
    name: 'Typed',
    password: secret(typed.password),
    customs: [{ from: null, ...custom }],
  };
  const { recordId } = await app.ask('editing', 'create', { place, fields });
  await app.ask('editing', 'save', { recordId, fields: { password: secret(typed.laterPassword) } });
  const binned = { name: 'Binned', password: secret(typed.binnedPassword) };
  const { recordId: binnedId } = await app.ask('editing', 'create', { place, fields: binned });
  await app.ask('editing', 'remove', { recordIds: [binnedId] });
  expect((await app.ask('sync', 'waiting', { offset: 0, limit: 10 })).total).toBeGreaterThan(0);
  whileWaiting = everythingIn(app.folder);
  await vi.waitFor(
    async () => {
      await app.synced();
      expect((await app.ask('sync', 'waiting', { offset: 0, limit: 10 })).total).toBe(0);
    },
    { timeout: 20_000 },
  );
}

/** What goes wrong in a day: each of these has a secret at hand that must not be written down. */
async function makeMistakes(accountId: string): Promise<void> {
  const wrong = { accountId, secret: Buffer.from(mistyped) };
  expect(await app.refusal('session', 'unlock', wrong)).toBe('wrongMasterPassword');
  const secret = userOf('anna.orlova').masterPassword;
  const reveal = channelName('records', 'revealField');
  await app.send(reveal, { recordId: 'x', field: { kind: 'password' }, secret });
  await app.send(reveal, { recordId: secret, field: { kind: 'custom', index: 1 } });
  await app.send(channelName('session', 'unlock'), { accountId, secret }, { ...page, topFrame: false });
}

async function useEverything(): Promise<void> {
  const ids = [];
  for (const login of userNames) {
    ids.push(await app.enrol(line.url, userOf(login)));
    await useShownAccount();
  }
  await app.enrol(plainLine.url, userOf(plainName));
  await useShownAccount();
  const [annaId = '', pavelId = ''] = ids;
  await app.ask('session', 'switchTo', { accountId: annaId });
  await useFiles();
  await useEditor();
  await makeMistakes(annaId);
  await app.ask('session', 'lock', {});
  await app.unlock(pavelId, userOf('pavel.morozov').masterPassword ?? '');
  await app.synced();
  await app.unlock(annaId, userOf('anna.orlova').masterPassword ?? '');
  await app.synced();
  await app.ids();
}

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void printed.push(words.join(' ')));
  }
  server = await startTrialServer();
  sample = await buildSampleOrganisation(server.url, server.setupToken);
  line = await RecordingLine.start(server.url);
  plainLine = await RecordingLine.start(server.url);
  outside = mkdtempSync(join(tmpdir(), 'strongroom-outside-'));
  app = new Application();
  await useEverything();
  ({ wanted, tooShort } = wantedOf(sample.secrets));
  wanted.push({ name: 'the attached file', bytes: attached });
  wanted.push({ name: 'the mistyped master password', bytes: Buffer.from(mistyped) });
  wanted.push({ name: 'the device passphrase', bytes: Buffer.from(devicePassphrase) });
  for (const [name, text] of Object.entries(typed)) {
    wanted.push({ name: `the typed ${name}`, bytes: Buffer.from(text) });
  }
  all = new SecretSearch(wanted);
  vi.restoreAllMocks();
}, 120_000);

afterAll(async () => {
  await app.close();
  await line.close();
  await plainLine.close();
  await server.close();
  rmSync(outside, { recursive: true, force: true });
});

/** Logins of the sample that are also words of the server's own tables. */
const structural = new Set(['administrator']);

/** Every token that went over the line, in either direction. */
function tokensOnTheLine(): Wanted[] {
  const heard = Buffer.concat([line.toServer(), line.toClient()]).toString('latin1');
  const spoken = heard.matchAll(/(?:Bearer |"(?:access|refresh)Token":")([A-Za-z0-9+/]{43}=)/g);
  const tokens = new Set([...spoken].flatMap(([, token]) => (token === undefined ? [] : [token])));
  return [...tokens].map((token) => ({ name: 'a token', bytes: Buffer.from(token) }));
}

describe('the search itself', () => {
  const planted = Buffer.from('geplantetes Geheimnis № 7');

  it('finds a planted secret in each form, wherever it begins', () => {
    const finder = new SecretSearch([{ name: 'planted', bytes: planted }]);
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 73 + 11) % 256));
    const forms = new Set<string>();
    for (const before of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const longer = Buffer.concat([noise.subarray(0, before), planted, Buffer.from('tail')]);
      const texts = [longer, Buffer.from(longer.toString('base64')), Buffer.from(encodeBase32x(longer))];
      for (const text of texts) {
        const found = finder.in(Buffer.concat([noise, text, noise]));
        expect(found.length).toBeGreaterThan(0);
        for (const { form } of found) forms.add(form);
      }
    }
    expect(forms.size).toBe(9);
    expect(finder.in(noise)).toEqual([]);
    expect(new Set(formsOf(planted).map(({ pattern }) => pattern.toString('latin1'))).size).toBe(9);
  });

  it('finds pieces of a long secret and a private key without its PEM', () => {
    const key = sample.secrets.find(({ kind }) => kind === 'privateKey');
    if (!key) throw new Error('the sample has no private key');
    const der = Buffer.from(key.plaintext.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    expect(all.in(der).map(({ name }) => name)).toContain('privateKey as DER');
    const text = bytesOf(key);
    expect(all.in(text.subarray(text.length >> 2)).length).toBeGreaterThan(0);
  });

  it('has something to look for, and leaves out only what is too short', async ({ annotate }) => {
    await annotate(`${tooShort} of ${sample.secrets.length} secrets have fewer than 8 characters`);
    expect(wanted.length).toBeGreaterThan(300);
    expect(tooShort).toBeLessThan(sample.secrets.length / 4);
    for (const kind of ['password', 'customValue', 'attachment', 'recordKey', 'vaultKey', 'masterKey']) {
      expect(wanted.some(({ name }) => name.startsWith(kind))).toBe(true);
    }
  });
});

describe('after the sample organisation was fully used', () => {
  it("holds no secret in the server's data folder and log", () => {
    expect(existsSync(server.logFile)).toBe(true);
    expect(all.in(everythingIn(server.dataFolder))).toEqual([]);
  });

  it('holds no secret in what the application told its server, but the password of each log-in', () => {
    const { said, logins } = saidToServer(line.toServer());
    expect(said.length).toBeGreaterThan(10_000);
    expect(logins).toEqual(userNames.map((username) => ({ username, password: userOf(username).password })));
    expect(all.in(said)).toEqual([]);
  });

  it('holds no secret in what the server answered', () => {
    const told = line.toClient();
    expect(told.length).toBeGreaterThan(500_000);
    expect(all.in(told)).toEqual([]);
  });

  it('would have noticed: without client-side encryption the line does carry secrets', () => {
    expect(all.in(plainLine.toClient()).some(({ form }) => form.startsWith('base64'))).toBe(true);
  });

  it("holds no secret in the application's folder, the log of the database included", () => {
    const profiles = app.profiles.list();
    expect(profiles).toHaveLength(3);
    for (const { id } of profiles) expect(statSync(app.profiles.mirrorPathOf(id)).size).toBeGreaterThan(0);
    expect(profiles.some(({ id }) => existsSync(`${app.profiles.mirrorPathOf(id)}-wal`))).toBe(true);
    expect(all.in(everythingIn(app.folder))).toEqual([]);
  });

  it('held no secret there either while everything typed was waiting to be sent', () => {
    expect(whileWaiting.length).toBeGreaterThan(100_000);
    expect(all.in(whileWaiting)).toEqual([]);
  });

  it('holds no secret in the incident log and in what the process printed', () => {
    const log = readFileSync(join(app.folder, 'logs', 'incidents.log'));
    expect(log.toString('utf8')).toContain('malformed input');
    expect(all.in(log)).toEqual([]);
    expect(all.in(Buffer.from(printed.join('\n')))).toEqual([]);
  });

  it('lets over the bridge what was revealed and nothing else', () => {
    const given = app.crossings.filter(({ way }) => way !== 'in');
    const askedFor = new Set([...revealed, ...openedLabels]);
    expect(revealed.size).toBeGreaterThan(10);
    const rest = wanted.filter(({ bytes }) => !askedFor.has(bytes.toString('utf8')));
    expect(rest.length).toBeGreaterThan(wanted.length / 2);
    expect(new SecretSearch(rest).in(asBytes(given))).toEqual([]);
    expect(all.in(asBytes(given)).length).toBeGreaterThan(10);
  });

  it('takes from the page only the secrets a person types', () => {
    const fromPage = app.crossings.filter(({ way }) => way === 'in');
    const found = all.in(asBytes(fromPage)).map(({ name }) => name);
    const names = new Set(found.map((name) => name.split(' ')[0]));
    expect([...names].sort()).toEqual(['loginPassword', 'masterPassword', 'the']);
    expect(found).toContain('the typed laterPassword');
  });

  it('shows the hash of a master key to nobody but the server that asks for it', () => {
    const hashes = sample.secrets
      .filter(({ kind }) => kind === 'masterKey')
      .map((key): Wanted => {
        const hex = createHash('sha256').update(bytesOf(key)).digest('hex');
        return { name: `hash of ${key.ownerId}`, bytes: Buffer.from(hex) };
      });
    expect(hashes).toHaveLength(10);
    const finder = new SecretSearch(hashes);
    const said = line.toServer().toString('latin1');
    const withoutHeader = said.replace(/^(x-master-key-hash|passwork-masterkeyhash): [0-9a-f]{64}\r$/gim, '');
    const places = [
      Buffer.from(withoutHeader, 'latin1'),
      line.toClient(),
      everythingIn(server.dataFolder),
      everythingIn(app.folder),
      asBytes(app.crossings),
      Buffer.from(printed.join('\n')),
    ];
    for (const place of places) expect(finder.in(place)).toEqual([]);
  });

  it('keeps the tokens of a session out of every file and off the bridge', () => {
    const tokens = tokensOnTheLine();
    expect(tokens.length).toBeGreaterThanOrEqual(2 * userNames.length);
    const finder = new SecretSearch(tokens);
    for (const place of [everythingIn(app.folder), everythingIn(server.dataFolder)]) {
      expect(finder.in(place)).toEqual([]);
    }
    expect(finder.in(asBytes(app.crossings))).toEqual([]);
    expect(finder.in(Buffer.from(printed.join('\n')))).toEqual([]);
  });

  it('leaves nothing beside the files a person saved', () => {
    expect(readdirSync(outside).sort()).toEqual(['attached.txt', 'saved.txt']);
  });

  it('keeps even what the server may read out of the files of both sides', () => {
    const readable = sample.readableByServer.filter((text) => [...text].length >= 8);
    expect(readable.length).toBeGreaterThan(200);
    const accounts = app.profiles.list().flatMap(({ profile }) => (profile ? [profile.account] : []));
    // The lock screen names the accounts of the device before anything is opened.
    const onLockScreen = new Set(accounts.flatMap(({ login, fullName }) => [login, fullName]));
    const wantedOfText = (texts: readonly string[]): Wanted[] =>
      texts.map((text) => ({ name: text, bytes: Buffer.from(text) }));
    const here = new SecretSearch(wantedOfText(readable.filter((text) => !onLockScreen.has(text))));
    expect(here.in(everythingIn(app.folder))).toEqual([]);
    const atServer = new SecretSearch(wantedOfText(readable.filter((text) => !structural.has(text))));
    expect(atServer.in(everythingIn(server.dataFolder))).toEqual([]);
    const searched = [Buffer.from(search), Buffer.from('needle-of-search')];
    const words = new SecretSearch(searched.map((bytes) => ({ name: 'what was searched', bytes })));
    for (const place of [line.toServer(), everythingIn(app.folder), everythingIn(server.dataFolder)]) {
      expect(words.in(place)).toEqual([]);
    }
  });
});
