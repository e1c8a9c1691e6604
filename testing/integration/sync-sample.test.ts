/** The sample organisation, synced by several of its people: whatever the builder wrote comes out again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrol, TestDevice } from '../hostile/device.ts';
import { startOwnServer, type OwnServer } from '../hostile/smallorganisation.ts';
import { buildSampleOrganisation, type SampleOrganisation, type SampleUser } from '../organisation/sample.ts';

let server: OwnServer;
let sample: SampleOrganisation;

beforeAll(async () => {
  server = await startOwnServer();
  sample = await buildSampleOrganisation(server.url, server.setupToken, { scale: 0.3 });
}, 120_000);
afterAll(() => server.end());

function userOf(login: string): SampleUser {
  const user = sample.users.find((each) => each.login === login);
  if (user === undefined) throw new Error(`The sample has no ${login}.`);
  return user;
}

async function synced(login: string): Promise<TestDevice> {
  const device = new TestDevice(await enrol(server.url, userOf(login)));
  expect(await device.sync()).toMatchObject({ phase: 'idle', problem: null });
  return device;
}

const opened = ({ recordId, field, text }: { recordId: string; field: string; text: string }): string =>
  `${recordId} ${field} ${text}`;

/** What the ledger says of the given records, an emptied secret left out as the ledger leaves it out. */
function written(recordIds: ReadonlySet<string>): string[] {
  const kinds = ['password', 'customValue', 'attachment'];
  const secrets = sample.secrets.filter(
    ({ kind, ownerId }) => kinds.includes(kind) && recordIds.has(ownerId),
  );
  return [
    ...new Set(secrets.map(({ ownerId, field, plaintext }) => `${ownerId} ${field} ${plaintext}`)),
  ].sort();
}

function everything(device: TestDevice): string[] {
  const secrets = device.openAll().filter(({ text }) => text !== '');
  return [...new Set(secrets.map(opened))].sort();
}

describe('a first sync of the sample organisation', () => {
  it.each(['anna.orlova', 'maria.kuznetsova', 'nina.harbour'])(
    'brings %s every secret that was written',
    async (login) => {
      const device = await synced(login);
      const ids = new Set(device.records().map(({ itemServerId }) => itemServerId));
      expect(written(ids).length).toBeGreaterThan(5);
      expect(everything(device)).toEqual(written(ids));
      await device.dispose();
    },
  );

  it('gives its owner every record of every company vault', async () => {
    const device = await synced('anna.orlova');
    const own = sample.vaults.filter(({ creator }) => creator === 'anna.orlova').map(({ id }) => id);
    const expected = sample.records.filter(({ vaultId }) => own.includes(vaultId)).map(({ id }) => id);
    const here = device
      .records()
      .filter(({ kind }) => kind === 'record')
      .map(({ id }) => id);
    expect(here.sort()).toEqual(expected.sort());
    expect(device.records().some(({ kind }) => kind === 'shortcut')).toBe(true);
    await device.dispose();
  });

  it('reads the data of the old years, and says that the own key is short', async () => {
    const device = await synced('pavel.morozov');
    const old = sample.vaults.find(({ isOld }) => isOld)?.id ?? '';
    expect(device.records().filter(({ vaultId }) => vaultId === old).length).toBeGreaterThan(0);
    expect(everything(device).length).toBeGreaterThan(0);
    expect(device.synchroniser.status().notices).toMatchObject([{ kind: 'weakOwnKey', subject: 'RSA-1024' }]);
    await device.sync();
    expect(device.synchroniser.status().notices).toHaveLength(1);
    await device.dispose();
  });

  it('writes no secret in the clear anywhere in the mirror', async () => {
    const device = await synced('anna.orlova');
    const stored = JSON.stringify([device.content(), device.synchroniser.status()]);
    const ids = new Set(device.records().map(({ itemServerId }) => itemServerId));
    const secrets = sample.secrets.filter(({ kind, ownerId, plaintext }) => {
      const secretKinds = ['password', 'formerPassword', 'customValue', 'recordKey', 'vaultKey'];
      return secretKinds.includes(kind) && plaintext.length >= 8 && (ids.has(ownerId) || kind === 'vaultKey');
    });
    expect(secrets.length).toBeGreaterThan(20);
    const readable = new Set(sample.readableByServer);
    const found = secrets.filter(({ plaintext }) => !readable.has(plaintext) && stored.includes(plaintext));
    expect(found.map(({ kind, field }) => `${kind} ${field}`)).toEqual([]);
    await device.dispose();
  });
});
