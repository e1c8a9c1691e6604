/**
 * The stage of the suites about files: a small organisation, a vault that two people share, a
 * proxy in front of the server, and a folder of this computer for each test.
 */
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Output } from '../../contract/index.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import {
  anna,
  boris,
  buildPlainOrganisation,
  buildSmallOrganisation,
  startOwnServer,
} from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { wrapFor } from '../organisation/member.ts';
import { Application } from './application.ts';

/** Every byte value, in an order that is no text. */
export const bytes = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 151 + (index >> 8)) % 256));

/** Gives another person of the small organisation the vault of its servers. */
async function share({ anna: owner, boris: reader, servers }: SmallOrganisation): Promise<void> {
  const { userId } = reader;
  const answer = await owner.http.send<{ publicKey: string }>('GET', `/users/${userId}/public-key`);
  const keys = { [userId]: wrapFor(servers, answer.publicKey) };
  await owner.http.send('POST', `/vaults/${servers.id}/access`, { userId, access: 'write', keys });
}

export class FileStage {
  readonly server: OwnServer;
  readonly proxy: LyingProxy;
  /** anna's device. */
  readonly app = new Application();
  /** boris' device; it speaks to the server without the proxy. */
  readonly other = new Application();
  annaId = '';
  /** A record that both see. */
  recordId = '';
  folder = '';

  private constructor(server: OwnServer, proxy: LyingProxy) {
    this.server = server;
    this.proxy = proxy;
  }

  static async open(): Promise<FileStage> {
    const server = await startOwnServer();
    await share(await buildSmallOrganisation(server));
    await buildPlainOrganisation(server);
    const stage = new FileStage(server, await LyingProxy.start(server.url));
    stage.annaId = await stage.app.enrol(stage.proxy.url, anna);
    await stage.other.enrol(server.url, boris);
    return stage;
  }

  /** Before each test: anna's vaults open and at rest, and an empty folder. */
  async begin(): Promise<void> {
    const { app } = this;
    this.folder = mkdtempSync(join(tmpdir(), 'strongroom-files-'));
    if (!app.accounts.isUnlocked()) await app.unlock(this.annaId, anna.masterPassword ?? '');
    await app.ask('session', 'switchTo', { accountId: this.annaId });
    await app.synced();
    const found = await app.ask('records', 'search', { query: 'Empty', scope: null, offset: 0, limit: 1 });
    this.recordId = found.rows[0]?.id ?? '';
  }

  /** After each test. */
  end(): void {
    this.proxy.tell(null);
    chmodSync(this.folder, 0o700);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.other.close();
    await this.proxy.close();
    await this.server.end();
  }

  /** Writes a file into the folder. */
  file(name: string, content: Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Takes a file of the folder away. */
  remove(name: string): void {
    rmSync(join(this.folder, name));
  }

  /** A file of nothing but zeros, which takes no room on the disk. */
  hollowFile(name: string, size: number): string {
    const path = this.file(name, Buffer.alloc(0));
    truncateSync(path, size);
    return path;
  }

  async stage(...paths: string[]): Promise<Output<'attachments', 'stage'>['files']> {
    return (await this.app.ask('attachments', 'stage', { paths })).files;
  }

  async stageOne(name: string, content: Buffer): Promise<string> {
    return (await this.stage(this.file(name, content)))[0]?.token ?? '';
  }

  /** Attaches a new file and gives the attachment's id. */
  async attach(name: string, content: Buffer, to = this.recordId): Promise<string> {
    const token = await this.stageOne(name, content);
    return (await this.app.ask('attachments', 'add', { recordId: to, token })).attachmentId;
  }

  /** Resolves when the server has everything that waited on anna's device. */
  async sent(app: Application = this.app): Promise<void> {
    await vi.waitFor(
      async () => {
        await app.synced();
        expect(app.accounts.current().synchroniser.status()).toMatchObject({ phase: 'idle', waiting: 0 });
      },
      { timeout: 20_000 },
    );
  }

  /** Says where the next file is to be saved. */
  target(name = 'saved'): string {
    this.app.dialogs.target = join(this.folder, name);
    return this.app.dialogs.target;
  }

  /** Resolves when a request of the method has come; its answer never does. */
  hang(method: string): Promise<void> {
    return new Promise((resolve) => {
      this.proxy.tell(({ request }) => {
        if (request.method !== method) return undefined;
        resolve();
        return null;
      });
    });
  }
}
