/** Rules about passwords from the server to the generator, and what it made within the hour. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GeneratorWishes } from '../../contract/generator.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret, utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let app: Application;
let account: string;

const wishes: GeneratorWishes = {
  ...{ kind: 'characters', length: 12, clear: false, without: '' },
  ...{ lower: 1, upper: 1, digits: 1, symbols: null },
};

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  app = new Application();
  account = await app.enrol(server.url, anna);
});

afterAll(async () => {
  await app.close();
  await server.end();
});

async function demand(path: string, policy: object): Promise<void> {
  await organisation.anna.http.send('POST', path, {
    ...{ minimumLength: 0, requiredSets: [], minimumBits: 0 },
    ...policy,
  });
}

describe('rules about passwords', () => {
  it('are none where the server states none', async () => {
    expect(await app.ask('generator', 'rules', { vaultId: null })).toEqual({ rules: [] });
    expect(await app.ask('generator', 'generate', { vaultId: null, wishes })).toMatchObject({ ok: true });
  });

  it('of organisation and vault both hold, the stricter of two, and say whose they are', async () => {
    const vaultId = organisation.servers.id;
    await demand('/organisation/password-policy', { minimumLength: 14, requiredSets: ['digits'] });
    await demand(`/vaults/${vaultId}/password-policy`, { minimumLength: 20, requiredSets: ['symbols'] });
    await app.synced();
    const own = { kind: 'length', least: 14, from: 'server' };
    const digits = { kind: 'set', set: 'digits', from: 'server' };
    expect(await app.ask('generator', 'rules', { vaultId: null })).toEqual({ rules: [own, digits] });
    const longer = { kind: 'length', least: 20, from: 'vault' };
    const symbols = { kind: 'set', set: 'symbols', from: 'vault' };
    const { rules } = await app.ask('generator', 'rules', { vaultId });
    expect(rules).toEqual([longer, digits, symbols]);
    const refused = await app.ask('generator', 'generate', { vaultId, wishes });
    expect(refused).toEqual({ ok: false, reason: 'rules', broken: [longer, symbols] });
    const better = { ...wishes, length: 20, symbols: 1 };
    expect(await app.ask('generator', 'generate', { vaultId, wishes: better })).toMatchObject({ ok: true });
    const typed = await app.ask('generator', 'check', { vaultId, value: utf8('typed 1') });
    expect(typed).toEqual({ broken: [longer, symbols] });
  });

  it('hold without contact, and go when the server takes them away', async () => {
    await app.ask('session', 'lock', {});
    await app.unlock(account, annasSecret);
    expect((await app.ask('generator', 'rules', { vaultId: null })).rules).toHaveLength(2);
    await demand('/organisation/password-policy', {});
    await app.synced();
    expect(await app.ask('generator', 'rules', { vaultId: null })).toEqual({ rules: [] });
  });
});

describe('what was made', () => {
  it('can be copied after a lock, is listed without the value, and goes when it is forgotten', async () => {
    await app.ask('generator', 'forgetKept', {});
    const made = await app.ask('generator', 'generate', { vaultId: null, wishes });
    const { id, text } = made.ok ? made : { id: '', text: '' };
    await app.ask('session', 'lock', {});
    expect(await app.refusal('generator', 'kept', {})).toBe('locked');
    await app.unlock(account, annasSecret);
    const { values } = await app.ask('generator', 'kept', {});
    expect(values).toMatchObject([{ id, kind: 'characters', characters: 12 }]);
    expect(JSON.stringify(values)).not.toContain(text);
    await app.ask('generator', 'copyKept', { id });
    expect(app.clipboard).toBe(text);
    await app.ask('generator', 'forgetKept', {});
    expect(await app.ask('generator', 'kept', {})).toEqual({ values: [] });
    expect(await app.refusal('generator', 'copyKept', { id })).toBe('noSuchField');
  });
});
