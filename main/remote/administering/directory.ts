/** The LDAP directory of the organisation (API description, "LDAP directory"). */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import {
  directoryChangeKinds,
  directoryConflictKinds,
  directoryFaults,
  directorySettings,
} from '../../../contract/directory.ts';
import type { DirectorySettings } from '../../../contract/directory.ts';
import type { RemoteClient } from '../client.ts';
import type { ExchangeRequest } from '../connection.ts';
import { refuseByMeaning, type Meanings } from './refusals.ts';
import { longText, shortText } from '../shapes.ts';

const mostChanges = 200_000;
const count = z.number().int().nonnegative();
const fault = z.enum(directoryFaults).catch('other');
const conflict = z.object({ kind: z.enum(directoryConflictKinds).catch('other'), name: shortText });

const outcome = z.object({
  ...{ finishedAt: count, result: z.enum(['done', 'failed', 'refused']), fault: z.nullable(fault) },
  counts: z.object({
    ...{ added: count, adopted: count, changed: count, blocked: count, unblocked: count },
    ...{ groupsMade: count, joined: count, left: count, requested: count },
  }),
  ...{ conflicts: z.array(conflict).max(1000), conflictCount: count },
});

const state = z.object({
  settings: z.nullable(directorySettings.strip()),
  progress: z.nullable(z.object({ done: count, total: count })),
  outcome: z.nullable(outcome),
});

const trial = z.object({
  ...{ fault: z.nullable(fault), people: count, unusable: count },
  sample: z.array(z.object({ login: shortText, fullName: shortText, email: shortText })).max(20),
});

const preview = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  changes: z
    .array(
      z.object({
        kind: z.enum(directoryChangeKinds).catch('other'),
        ...{ login: shortText, fullName: shortText, group: shortText },
        former: z.nullable(z.object({ login: shortText })),
      }),
    )
    .max(mostChanges),
  conflicts: z.array(conflict).max(mostChanges),
  blocksTooMany: z.boolean(),
});

const groups = z.object({ items: z.array(z.object({ dn: longText, name: shortText })).max(100_000) });

const meanings: Meanings = {
  syncUnderWay: 'directorySyncUnderWay',
  passwordNeeded: 'directoryPasswordNeeded',
  tlsRequired: 'directoryTlsRequired',
  tlsTwice: 'directoryTlsTwice',
  validationFailed: 'directorySettingsWrong',
};

/** @throws StrongroomError of the codes above, `directoryUnusable` with its fault, and as `RemoteClient.call` */
async function ask<S extends z.ZodType>(
  client: RemoteClient,
  shape: S,
  request: ExchangeRequest,
): Promise<z.output<S>> {
  const answer = await client.send(request);
  if (answer.status >= 400) {
    refuseByMeaning(answer, meanings);
    const why = directoryFaults.find((each) =>
      answer.errorCodes.some((code) => code.toLowerCase() === `directory${each}`.toLowerCase()),
    );
    if (why !== undefined) throw new StrongroomError('directoryUnusable', { fault: why });
  }
  return client.read(shape, answer);
}

const bodyOf = (settings: DirectorySettings, bindPassword: string | null) => ({
  ...settings,
  ...(bindPassword === null ? {} : { bindPassword }),
});

export const readDirectoryState = (client: RemoteClient) =>
  ask(client, state, { method: 'GET', path: '/directory' });

export function setDirectory(client: RemoteClient, settings: DirectorySettings, password: string | null) {
  const request = { method: 'POST', path: '/directory', body: bodyOf(settings, password) } as const;
  return ask(client, z.unknown(), request);
}

export const removeDirectory = (client: RemoteClient) =>
  ask(client, z.unknown(), { method: 'DELETE', path: '/directory' });

export function testDirectory(client: RemoteClient, settings: DirectorySettings, password: string | null) {
  const request = { method: 'POST', path: '/directory/test', body: bodyOf(settings, password) } as const;
  return ask(client, trial, request);
}

export const listDirectoryGroups = async (client: RemoteClient) =>
  (await ask(client, groups, { method: 'GET', path: '/directory/groups' })).items;

export const previewDirectory = (client: RemoteClient) =>
  ask(client, preview, { method: 'POST', path: '/directory/preview', body: {} });

export const syncDirectory = (client: RemoteClient, digest: string | null) =>
  ask(client, z.unknown(), { method: 'POST', path: '/directory/sync', body: { digest } });
