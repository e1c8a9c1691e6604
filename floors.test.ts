import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { floors } from './floors.config.ts';

const eslint = new ESLint({ cwd: import.meta.dirname });

/** Lints one line as if it stood in a file of the given room. */
async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

describe('the floors of the house', () => {
  it('names every floor once and never lets two rooms import each other', () => {
    for (const [room, open] of Object.entries(floors)) {
      for (const lower of open) expect(floors[lower] ?? [], `${lower} -> ${room}`).not.toContain(room);
    }
  });

  it.each([
    ['main/keychain/probe.ts', '../../contract/errors.ts'],
    ['main/mirror/probe.ts', '../custody/index.ts'],
    ['renderer/probe.ts', '../main/keychain/index.ts'],
    ['server/probe.ts', '../main/keychain/index.ts'],
    ['main/vaults/probe.ts', '../../testing/desktop/start.ts'],
  ])('refuses an arrow up or across: %s -> %s', async (file, target) => {
    expect(await complaints(file, `import '${target}';\n`)).toContain('house/floors');
  });

  it.each([
    ['main/vaults/probe.ts', "import '../sync/index.ts';"],
    ['main/sync/probe.ts', "export * from '../../contract/errors.ts';"],
    ['renderer/features/sync/probe.ts', "import type { A } from '../../../contract/index.ts';"],
    ['renderer/features/list/probe.ts', "import '../sync/sync.ts';"],
    ['testing/e2e/probe.ts', "import '../../main/vaults/index.ts';"],
  ])('lets an arrow down pass: %s', async (file, code) => {
    expect(await complaints(file, `${code}\n`)).not.toContain('house/floors');
  });

  it('sees every way of importing', async () => {
    const ways = [
      "import '../vaults/index.ts';",
      "export * from '../vaults/index.ts';",
      "export { a } from '../vaults/index.ts';",
      "void import('../vaults/index.ts');",
      "import type { A } from '../vaults/index.ts';",
    ];
    for (const way of ways)
      expect(await complaints('main/sync/probe.ts', `${way}\n`), way).toContain('house/floors');
  });

  it('keeps Electron out of every room below the desktop', async () => {
    for (const file of [
      'main/sync/probe.ts',
      'main/bridge/probe.ts',
      'renderer/probe.ts',
      'server/probe.ts',
    ]) {
      expect(await complaints(file, `import 'electron';\n`)).toContain('no-restricted-imports');
    }
    expect(await complaints('main/desktop/probe.ts', `import 'electron';\n`)).not.toContain(
      'no-restricted-imports',
    );
  });
});
