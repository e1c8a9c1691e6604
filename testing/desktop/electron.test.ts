import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import electron from './electron.ts';
import { projectRoot } from './launch-line.ts';

/** Names of Electron's main process that a source file imports as values. */
function importedNames(source: string): string[] {
  const lists = [...source.matchAll(/import \{([^}]*)\} from 'electron'/g)].map(([, list]) => list ?? '');
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  return names.filter((name) => name !== '' && !name.startsWith('type '));
}

const rooms = ['main/desktop/*.ts', 'main/index.ts', 'testing/desktop/fixture/main.ts'];
const files = globSync(rooms, { cwd: projectRoot }).filter((file) => !file.endsWith('.test.ts'));

describe('the stand-in', () => {
  it.each(files)('has everything that %s imports of Electron', (file) => {
    const names = importedNames(readFileSync(join(projectRoot, file), 'utf8'));
    expect(names.filter((name) => !Object.hasOwn(electron, name))).toEqual([]);
  });

  it('names a member that it lacks, where it is used', () => {
    expect(() => Reflect.get(electron.app, 'dock') as unknown).toThrow('electron.app.dock has no stand-in');
  });
});
