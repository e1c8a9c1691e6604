/** Files in parts on a trial server: a person who sends them, another who may not, and a clock. */
import { createHash, randomBytes } from 'node:crypto';
import { encodeAttachment } from '../../main/keychain/index.ts';
import { createLedger } from './ledger.ts';
import type { Member, OpenVault } from './member.ts';
import { createVault, signIn } from './member.ts';
import { storedNames } from './trialfiles.ts';
import { startTrialServer, trialOrganisation } from './trial.ts';
import type { TrialServer } from './trial.ts';
import { recordTrial } from './trialrecords.ts';

/** Small enough that every bound is reached with little. */
export const limits = { partSize: 64 * 1024, largestFile: 1024 * 1024, openUploads: 2, idleSeconds: 1000 };

/** A session as the server answers it. */
export interface UploadState {
  parts: { number: number; digest: string }[];
  expiresAt: number;
  finished: { id: string; revision: number; updatedAt: number } | null;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes);

const start = (clock: () => number, dataFolder?: string) =>
  startTrialServer({
    attachmentParts: limits,
    clock,
    tokenLives: { access: 1e9, refresh: 1e9 },
    ...(dataFolder === undefined ? {} : { dataFolder }),
  });

export class PartsTrial {
  /** The server's clock, in milliseconds. */
  now = Date.now();
  server: TrialServer;
  member: Member;
  stranger: Member;
  vault: OpenVault;
  records: ReturnType<typeof recordTrial>;
  /** A new record for each test. */
  itemId = '';
  /** Requests with bytes need the token by itself. */
  readonly tokens = new Map<Member, string>();
  #keys = 0;

  private constructor(server: TrialServer, owner: Member, stranger: Member, vault: OpenVault) {
    this.server = server;
    this.member = owner;
    this.stranger = stranger;
    this.vault = vault;
    this.records = recordTrial(owner);
  }

  static async open(): Promise<PartsTrial> {
    let site: PartsTrial | null = null;
    const begun = Date.now();
    const server = await start(() => site?.now ?? begun);
    const organisation = await trialOrganisation(server, 'parts', true);
    const stranger = await organisation.join('stranger');
    const vault = await createVault(organisation.owner, 'Vault', 'privateShared', createLedger());
    site = new PartsTrial(server, organisation.owner, stranger, vault);
    await site.#enter();
    return site;
  }

  async begin(): Promise<void> {
    this.itemId = await this.records.create(this.vault);
  }

  /** Stops the server and starts it again on its data. */
  async restart(): Promise<void> {
    await this.server.stop();
    this.server = await start(() => this.now, this.server.dataFolder);
    await this.#enter();
  }

  async #enter(): Promise<void> {
    this.member = await this.#signIn(this.member);
    this.stranger = await this.#signIn(this.stranger);
    this.records = recordTrial(this.member, this.records.recordKey);
  }

  async #signIn({ person }: Member): Promise<Member> {
    const { http } = this.server;
    const credentials = { username: person.login, password: person.password };
    const { accessToken } = await http.send<{ accessToken: string }>('POST', '/users/login', credentials);
    const entered = await signIn(http, person);
    this.tokens.set(entered, accessToken);
    return entered;
  }

  newKey(): string {
    return `upload-${String((this.#keys += 1)).padStart(8, '0')}`;
  }

  /** Names of the files that the server keeps. */
  stored(): Promise<string[]> {
    return storedNames(this.server.dataFolder);
  }

  sending(...sizes: number[]): PartedSending {
    return new PartedSending(this, sizes);
  }

  /** A request whose body or answer is bytes; a refusal rejects with its status and codes. */
  async bytes(
    by: Member,
    method: string,
    path: string,
    body: Buffer | null,
    headers: Record<string, string> = {},
  ): Promise<Buffer> {
    const response = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.tokens.get(by) ?? ''}`,
        'X-Response-Format': 'raw',
        ...(body ? { 'Content-Type': 'application/octet-stream' } : {}),
        ...headers,
      },
      ...(body ? { body } : {}),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status === 200) return bytes;
    const { errors } = JSON.parse(bytes.toString('utf8')) as { errors: { code: string }[] };
    throw Object.assign(new Error(path), { status: response.status, codes: errors.map(({ code }) => code) });
  }
}

/** One file of random parts on its way to the record of the test. */
export class PartedSending {
  readonly path: string;
  readonly parts: readonly Buffer[];
  readonly list;
  readonly #site: PartsTrial;

  constructor(site: PartsTrial, sizes: readonly number[]) {
    this.#site = site;
    this.path = `/items/${site.itemId}/uploads/${site.newKey()}`;
    this.parts = sizes.map((size) => randomBytes(size));
    this.list = {
      name: 'large.bin',
      ...encodeAttachment(Buffer.from('the list'), site.records.recordKey),
    };
  }

  open(by = this.#site.member): Promise<UploadState> {
    const size = this.parts.reduce((sum, { length }) => sum + length, 0);
    return by.http.send('PUT', this.path, { size, partCount: this.parts.length });
  }

  put(
    number: number,
    bytes = this.parts[number - 1] ?? Buffer.alloc(1),
    by = this.#site.member,
  ): Promise<Buffer> {
    const headers = { 'Content-Digest': `sha-256=:${sha256(bytes).digest('base64')}:` };
    return this.#site.bytes(by, 'PUT', `${this.path}/parts/${String(number)}`, bytes, headers);
  }

  finish(by = this.#site.member) {
    const digests = this.parts.map((part) => sha256(part).digest('hex'));
    return by.http.send<{ id: string; revision: number; updatedAt: number }>('POST', `${this.path}/finish`, {
      ...this.list,
      digests,
    });
  }

  /** Sends all of it; gives the attachment's id. */
  async whole(): Promise<string> {
    await this.open();
    for (const number of this.parts.keys()) await this.put(number + 1);
    return (await this.finish()).id;
  }
}
