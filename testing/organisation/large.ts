/**
 * Many records quickly, for benches: one account, some vaults, records created in bulk.
 * Every record is truly encrypted under its own key.
 */
import type { SamplePerson } from './cast.ts';
import { draft } from './drafts.ts';
import { httpClient } from './http.ts';
import { createLedger } from './ledger.ts';
import type { OpenVault } from './member.ts';
import { accountOf, createVault, encryptedRecord, signIn } from './member.ts';
import type { Choices } from './random.ts';
import { choicesFrom } from './random.ts';

const perRequest = 500;

/** An account with large vaults. */
export interface LargeVaults {
  readonly owner: SamplePerson;
  readonly vaultIds: readonly string[];
  readonly records: number;
}

const services = [
  'PostgreSQL',
  'nginx',
  'Jenkins',
  'Grafana',
  'Коммутатор',
  'Почта',
  'VPN',
  'GitLab',
  'Windows',
  'Касса',
];
const places = ['Москва', 'Amsterdam', 'Казань', 'Frankfurt', 'prod', 'stage', 'dev', 'dr'];

function largeDraft(choices: Choices, index: number) {
  const service = choices.pick(services);
  const place = choices.pick(places);
  return draft(`${service} ${place} ${String(index).padStart(5, '0')}`, {
    login: choices.pick(['root', 'admin', 'svc', 'deploy', 'администратор']),
    password: choices.password(),
    urls: [`https://host-${index}.${choices.number(40)}.example`],
    tags: [place, service.toLowerCase()],
    color: choices.number(9),
    description: choices.oneIn(4)
      ? `Заявка ${choices.number(99_999)}, owner team ${choices.number(30)}`
      : null,
    customs: choices.oneIn(5) ? [{ name: 'TOTP', value: choices.totpSecret(), type: 'totp' }] : [],
  });
}

/** The organisation and account that hold the vaults; the login is unique to each call's seed. */
async function createOwner(serverUrl: string, setupToken: string) {
  const owner: SamplePerson = {
    login: `bench-${Date.now().toString(36)}`,
    email: 'bench@bench.example',
    fullName: 'Bench',
    password: 'bench-Login-password-1',
    masterPassword: 'bench-Master-password-1',
    role: 'administrator',
    groups: [],
  };
  const http = httpClient(serverUrl);
  await http.send('POST', '/setup', {
    setupToken,
    organisation: { name: 'Bench', clientSideEncryption: true },
    owner: await accountOf(owner, createLedger()),
  });
  return { owner, member: await signIn(http, owner) };
}

/**
 * Creates an organisation of its own with `records` records spread over `vaults` vaults.
 * The content depends on nothing but the counts.
 */
export async function buildLargeVaults(
  serverUrl: string,
  setupToken: string,
  { records, vaults }: { records: number; vaults: number },
): Promise<LargeVaults> {
  const { owner, member } = await createOwner(serverUrl, setupToken);
  const choices = choicesFrom(records);
  const vaultIds: string[] = [];
  let written = 0;
  for (let number = 0; number < vaults; number += 1) {
    const name = `Vault ${String(number + 1).padStart(2, '0')}`;
    const vault: OpenVault = await createVault(member, name, 'privateShared', createLedger());
    vaultIds.push(vault.id);
    const end = Math.round((records * (number + 1)) / vaults);
    while (written < end) {
      const count = Math.min(perRequest, end - written);
      const start = written;
      const items = Array.from({ length: count }, (_, index) => {
        const {
          vaultId: _vault,
          attachments: _none,
          ...body
        } = encryptedRecord(vault, null, largeDraft(choices, start + index)).body;
        return body;
      });
      await member.http.send('POST', '/items/bulk', { vaultId: vault.id, items });
      written += count;
    }
  }
  return { owner, vaultIds, records: written };
}
