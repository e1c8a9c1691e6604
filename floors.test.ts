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
    expect(await complaints(file, `import '${target}';\n`)).toContain('import-x/no-restricted-paths');
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
