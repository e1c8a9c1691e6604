/** What every spec starts from: the shared sample server, a fresh profile folder, the application. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { z } from 'zod';
import { launchApp } from './app.ts';
import type { RunningApp } from './app.ts';
import { removeFolder } from './demoserver.ts';
import type { DemoUser } from './demoserver.ts';

const shared = z.object({ url: z.string(), users: z.array(z.custom<DemoUser>()), dataFolder: z.string() });

export interface SampleServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly users: readonly DemoUser[];
  user(login: string): DemoUser;
}

interface Fixtures {
  sample: SampleServer;
  /** A profile folder of this test's own. */
  userDataDir: string;
  /** Starts the application on the test's profile; whatever still runs at the end is ended. */
  launch: (userDataDir?: string) => Promise<RunningApp>;
}

export const test = base.extend<Fixtures>({
  sample: async ({ browserName: _ }, use) => {
    const { url, users, dataFolder } = shared.parse(
      JSON.parse(process.env['STRONGROOM_E2E_SERVER'] ?? 'null'),
    );
    await use({
      url,
      dataFolder,
      users,
      user: (login) => {
        const found = users.find((user) => user.login === login);
        if (!found) throw new Error(`the sample has no ${login}`);
        return found;
      },
    });
  },
  userDataDir: async ({ browserName: _ }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'strongroom-profile-'));
    await use(folder);
    await removeFolder(folder);
  },
  launch: async ({ userDataDir }, use) => {
    const running: RunningApp[] = [];
    await use(async (folder = userDataDir) => {
      const app = await launchApp({ userDataDir: folder, args: ['--lang=en-GB'] });
      running.push(app);
      return app;
    });
    for (const app of running) await app.kill();
  },
});

export { expect } from '@playwright/test';
