/**
 * The stage of the suites about turning client-side encryption on and off: an organisation without
 * it, its owner and a member with a private vault, each with an application of their own, and a
 * proxy between the owner and the server.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { ConversionView } from '../../contract/encryptionchange.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { draft } from '../organisation/drafts.ts';
import type { Member, OpenVault, TrialOrganisation, TrialServer } from '../organisation/index.ts';
import { createVault, startTrialServer, trialOrganisation, writeRecord } from '../organisation/index.ts';
import { Application, devicePassphrase } from './application.ts';

export const utf8 = (text: string): Buffer<ArrayBuffer> => Buffer.from(text, 'utf8');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What stands in one record, as a person reads it. */
export interface ReadRecord {
  readonly name: string;
  readonly fields: readonly (readonly [label: string, value: string])[];
  /** SHA-256 by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Former passwords, newest first. */
  readonly former: readonly string[];
}

export interface Person {
  readonly member: Member;
  readonly masterPassword: string;
  app: Application;
  accountId: string;
  /** Where this person's application finds the server. */
  readonly address: () => string;
}

export class EncryptionStage {
  readonly server: TrialServer;
  readonly organisation: TrialOrganisation;
  readonly proxy: LyingProxy;
  readonly folder = mkdtempSync(join(tmpdir(), 'strongroom-change-'));
  readonly owner: Person;
  readonly boris: Person;
  readonly shared: OpenVault;
  readonly own: OpenVault;
  readonly #left: Application[] = [];

  private constructor(
    parts: Pick<EncryptionStage, 'server' | 'organisation' | 'proxy' | 'shared' | 'own'> & { boris: Member },
  ) {
    this.server = parts.server;
    this.organisation = parts.organisation;
    this.proxy = parts.proxy;
    this.shared = parts.shared;
    this.own = parts.own;
    this.owner = this.#person(parts.organisation.owner, () => this.proxy.url);
    this.boris = this.#person(parts.boris, () => this.server.url);
  }

  /** With records of every kind and as many plain ones, and both people enrolled. */
  static async open(records = 45): Promise<EncryptionStage> {
    const server = await startTrialServer();
    const organisation = await trialOrganisation(server, 'owner', false);
    const { owner, ledger } = organisation;
    const boris = await organisation.join('boris');
    const shared = await createVault(owner, 'Shared', 'privateShared', ledger);
    const own = await createVault(boris, 'Of Boris', 'privateShared', ledger);
    const access = { userId: boris.userId, access: 'write' };
    await owner.http.send('POST', `/vaults/${shared.id}/access`, access);
    await fill(owner, shared, organisation, records);
    const secret = draft('Diary', {
      password: 'сад',
      attachments: [{ name: 'page', bytes: utf8('dear diary') }],
    });
    await writeRecord(boris, own, null, secret, ledger);
    const proxy = await LyingProxy.start(server.url);
    const stage = new EncryptionStage({ server, organisation, proxy, shared, own, boris });
    for (const person of [stage.owner, stage.boris]) {
      person.accountId = await person.app.enrol(person.address(), person.member.person);
    }
    return stage;
  }

  async close(): Promise<void> {
    for (const app of [...this.#left, this.owner.app, this.boris.app]) await app.close();
    await this.proxy.close();
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #person(member: Member, address: () => string): Person {
    const masterPassword = `Master password of ${member.person.login} 1!`;
    return { member, masterPassword, app: new Application(), accountId: '', address };
  }

  /** Attaches a file to a record, by the person's application. */
  async attach({ app }: Person, recordName: string, fileName: string, content: Buffer): Promise<void> {
    const path = join(this.folder, fileName);
    writeFileSync(path, content);
    const { files } = await app.ask('attachments', 'stage', { paths: [path] });
    const recordId = await idOf(app, recordName);
    await app.ask('attachments', 'add', { recordId, token: files[0]?.token ?? '' });
    await settled(app);
  }

  /** Everything that a person reads in the vaults of the account that is shown. */
  async contents({ app }: Person): Promise<ReadRecord[]> {
    const read: ReadRecord[] = [];
    for (const recordId of await app.ids()) read.push(await this.#read(app, recordId));
    return read.toSorted((one, other) => one.name.localeCompare(other.name));
  }

  async #read(app: Application, recordId: string): Promise<ReadRecord> {
    const view = await app.ask('records', 'read', { recordId });
    const fields: [string, string][] = [];
    for (const { ref, label, empty, broken } of view.fields) {
      if (broken) fields.push([label, 'broken']);
      else if (!empty) {
        const { value } = await app.ask('records', 'revealField', { recordId, field: ref });
        fields.push([label, value]);
      }
    }
    const files: Record<string, string> = {};
    for (const { id, name } of view.attachments) {
      app.dialogs.target = join(this.folder, 'saved');
      await app.ask('attachments', 'saveAs', { recordId, attachmentId: id });
      files[name] = sha256(readFileSync(app.dialogs.target));
    }
    const { rows } = await app.ask('history', 'list', { recordId });
    const former: string[] = [];
    for (const { id: state } of rows) {
      const field = { kind: 'password' } as const;
      const answer = await app.call('history', 'reveal', { recordId, state, field });
      former.push(answer.ok ? answer.value.value : answer.error.code);
    }
    return { name: view.name, fields, files, former };
  }

  /** Another application on a copy of a person's folder as it is now, as after a loss of power. */
  async afterPowerLoss(person: Person, secret: string): Promise<void> {
    const copy = mkdtempSync(join(tmpdir(), 'strongroom-killed-'));
    cpSync(person.app.folder, copy, { recursive: true });
    this.#left.push(person.app);
    person.app = new Application(copy);
    await person.app.unlock(person.accountId, secret);
  }

  /** Sets the account up anew on the same device, beside its former copy. */
  async startAnew(person: Person, secret: string): Promise<void> {
    const { app, member } = person;
    const { enrolmentId } = await app.ask('accounts', 'signIn', {
      ...{ address: person.address(), acceptedFingerprint: null },
      ...{ login: member.person.login, password: utf8(member.person.password) },
    });
    const enrolled = await app.ask('accounts', 'enrol', { enrolmentId, secret: utf8(secret), beside: true });
    person.accountId = enrolled.id;
    await app.synced();
  }

  async begin(direction: 'on' | 'off'): Promise<void> {
    await this.owner.app.ask('encryptionChange', 'begin', { direction, password: logInOf(this.owner) });
    for (const { app } of [this.owner, this.boris]) await app.synced();
  }

  setMasterPassword(person: Person): Promise<unknown> {
    const { app, masterPassword } = person;
    return app.ask('encryptionChange', 'setMasterPassword', {
      ...{ wanted: utf8(masterPassword), logIn: logInOf(person) },
    });
  }

  /** Begins to encrypt everything that the person administers, for everybody who has a key. */
  async encrypt(person: Person): Promise<void> {
    const { app, masterPassword } = person;
    const { holders, vaults } = await app.ask('encryptionChange', 'people', {});
    const admitted = holders.flatMap(({ userId, fingerprint }) =>
      fingerprint === null ? [] : [{ userId, fingerprint }],
    );
    await app.ask('encryptionChange', 'encrypt', {
      ...{ masterPassword: utf8(masterPassword), admitted },
      vaultIds: vaults.map(({ vaultId }) => vaultId),
    });
  }

  async handOver({ app, masterPassword }: Person): Promise<void> {
    const { vaults } = await app.ask('encryptionChange', 'read', {});
    const vaultIds = vaults.map(({ vaultId }) => vaultId);
    await app.ask('encryptionChange', 'handOver', { masterPassword: utf8(masterPassword), vaultIds });
  }

  async finish(): Promise<void> {
    await this.owner.app.ask('encryptionChange', 'finish', { password: logInOf(this.owner) });
  }
}

export const logInOf = ({ member }: Person): Buffer<ArrayBuffer> => utf8(member.person.password);

/** What runs on a device has ended; how. */
export async function ended({ app }: Pick<Person, 'app'>): Promise<ConversionView> {
  return vi.waitFor(
    async () => {
      const { conversion } = await app.ask('encryptionChange', 'announced', {});
      if (conversion === null || conversion.state === 'running') throw new Error('It is running.');
      return conversion;
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** Both devices have noticed that the mode is another one, and have stopped. */
export async function stopped({ app }: Person): Promise<void> {
  await app.synced();
  expect(await app.ask('sync', 'status', {})).toMatchObject({
    ...{ phase: 'stopped', problem: { code: 'encryptionModeChanged' } },
  });
}

export async function idOf(app: Application, name: string): Promise<string> {
  const sort = { by: 'name', descending: false } as const;
  const scope = { kind: 'all' } as const;
  const { rows } = await app.ask('records', 'page', { scope, sort, offset: 0, limit: 200 });
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`There is no record ${name}.`);
  return found.id;
}

/** The server has everything that waited here. */
export async function settled(app: Application): Promise<void> {
  await vi.waitFor(
    async () => {
      await app.synced();
      expect(await app.ask('sync', 'status', {})).toMatchObject({ phase: 'idle', waiting: 0 });
    },
    { timeout: 20_000 },
  );
}

async function fill(
  owner: Member,
  vault: OpenVault,
  { ledger }: TrialOrganisation,
  records: number,
): Promise<void> {
  const customs = [
    { name: 'PIN', value: '1234', type: 'password' as const },
    { name: 'one-time code', value: 'JBSWY3DPEHPK3PXP', type: 'totp' as const },
    { name: 'leer', value: '', type: 'text' as const },
  ];
  const attachments = [{ name: 'config.txt', bytes: utf8('hostname router\n') }];
  const formerPasswords = ['first', 'second'];
  const router = draft('Router', { login: 'root', password: 'third', customs, attachments, formerPasswords });
  await writeRecord(owner, vault, null, router, ledger);
  await writeRecord(owner, vault, null, draft('Empty'), ledger);
  for (let number = 1; number <= records; number += 1) {
    const name = `Record ${String(number).padStart(2, '0')}`;
    await writeRecord(owner, vault, null, draft(name, { password: `password of ${name}` }), ledger);
  }
  const gone = await writeRecord(owner, vault, null, draft('Gone', { password: 'still there' }), ledger);
  await owner.http.send('DELETE', `/items/${gone.id}`);
}

export { devicePassphrase };
