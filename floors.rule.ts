/**
 * The lint rule behind `floors.config.ts`: an import must not leave its room for one that the
 * room's row does not name.
 *
 * All imports between our own files are relative, so resolving a path is all it takes; a
 * general plugin would bring a native resolver for the same answer.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';
import { floors } from './floors.config.ts';

/** Rooms that nothing of the product may import from, beside those of the table. */
const closedRooms = ['testing', 'bench'];
const rooms = [...Object.keys(floors), ...closedRooms];

/** The room a file stands in; the innermost, as `main/mirror` is inside `main`. */
function roomOf(root: string, file: string): string | undefined {
  const path = relative(root, file).split(sep).join('/');
  return rooms.find((room) => path.startsWith(`${room}/`));
}

/** What an import leads to, if it is one of our own files. */
function targetOf(file: string, specifier: unknown): string | undefined {
  if (typeof specifier !== 'string' || !specifier.startsWith('.')) return undefined;
  return resolve(dirname(file), specifier.replace(/\?.*$/, ''));
}

export const floorRule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    messages: { closed: '{{from}} may import from itself{{open}} only, not from {{to}} (floors.config.ts).' },
    schema: [],
  },
  create(context) {
    const from = roomOf(context.cwd, context.filename);
    const open = from === undefined ? undefined : floors[from];
    if (from === undefined || open === undefined) return {};
    const check = (node: Rule.Node, specifier: unknown): void => {
      const target = targetOf(context.filename, specifier);
      const to = target === undefined ? undefined : roomOf(context.cwd, target);
      if (to === undefined || to === from || open.includes(to)) return;
      const others = open.length > 0 ? ` and ${open.join(', ')}` : '';
      context.report({ node, messageId: 'closed', data: { from, to, open: others } });
    };
    return {
      ImportDeclaration: (node) => {
        check(node, node.source.value);
      },
      ExportNamedDeclaration: (node) => {
        check(node, node.source?.value);
      },
      ExportAllDeclaration: (node) => {
        check(node, node.source.value);
      },
      ImportExpression: (node) => {
        check(node, node.source.type === 'Literal' ? node.source.value : undefined);
      },
    };
  },
};
