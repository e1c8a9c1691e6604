/** Bundles the victim, so that three hundred of them start quickly. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';

const here = import.meta.dirname;
const root = join(here, '../..');

/** The slots that need no stretching take the place of the product's, in this bundle alone. */
const withQuickSlots: Plugin = {
  name: 'quick-slots',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source.endsWith('/keyslot.ts') && importer?.endsWith('/quickslot.ts') === false
      ? join(here, 'quickslot.ts')
      : null,
};

/** The thread's script lies beside the bundle, not at its place in the source. */
const withWorkerBeside: Plugin = {
  name: 'worker-beside',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/testing/integration/application.ts')
      ? { code: code.replace(/'[^']*attachmentworker\.ts'/, "'./attachmentworker.mjs'"), map: null }
      : null,
};

export interface VictimBundle {
  readonly script: string;
  remove(): void;
}

/** Builds into a folder inside the repository, from where the native modules are found. */
export async function buildVictim(): Promise<VictimBundle> {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'victim-'));
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [withQuickSlots, withWorkerBeside],
    ssr: { noExternal: true, external: ['better-sqlite3', 'sodium-native'] },
    build: {
      ssr: true,
      outDir: folder,
      target: 'node24',
      rollupOptions: {
        input: {
          victim: join(here, 'victim.ts'),
          attachmentworker: join(root, 'main/vaults/files/attachmentworker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return {
    script: join(folder, 'victim.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
