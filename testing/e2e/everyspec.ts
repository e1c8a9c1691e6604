/**
 * Before the first spec: the sample organisation is made once, and one server runs on it for
 * every spec that only reads.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder, startDemoServer } from './demoserver.ts';

export default async function everySpec(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-e2e-'));
  const server = await startDemoServer({ dataFolder: join(folder, 'data') });
  process.env['STRONGROOM_E2E_SERVER'] = JSON.stringify({
    url: server.url,
    users: server.users,
    dataFolder: server.dataFolder,
  });
  return async () => {
    await server.stop();
    await removeFolder(folder);
  };
}
