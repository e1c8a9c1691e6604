/** The palette: whether it is open, and what it offers for what was typed. */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { RecordRow } from '../../../contract/records.ts';
import type { Command, CommandId } from '../shortcuts/table.ts';

export const usePalette = defineStore('palette', () => {
  const open = ref(false);
  return { open, forget: () => (open.value = false) };
});

/** Records that the palette shows at most; whoever wants more of them wants the list. */
export const paletteRecords = 8;

export type PaletteEntry =
  | {
      readonly kind: 'command';
      readonly key: string;
      readonly id: CommandId;
      readonly name: string;
      readonly keys: string;
    }
  | { readonly kind: 'record'; readonly key: string; readonly row: RecordRow };

/** Commands whose names hold every typed word, those that begin with the text first. */
export function matchingCommands(
  commands: readonly Command[],
  typed: string,
  nameOf: (id: CommandId) => string,
  keysOf: (id: CommandId) => string,
): PaletteEntry[] {
  const text = typed.trim().toLocaleLowerCase();
  const words = text.split(/\s+/).filter((word) => word !== '');
  const named = commands.map(({ id }) => ({ id, name: nameOf(id), folded: nameOf(id).toLocaleLowerCase() }));
  const rank = (folded: string): number => (folded.startsWith(text) ? 0 : 1);
  return named
    .filter(({ folded }) => words.every((word) => folded.includes(word)))
    .sort((one, other) => rank(one.folded) - rank(other.folded))
    .map(({ id, name }) => ({ kind: 'command', key: `command-${id}`, id, name, keys: keysOf(id) }));
}

export function recordEntries(rows: readonly RecordRow[]): PaletteEntry[] {
  return rows.map((row) => ({ kind: 'record', key: `record-${row.id}`, row }));
}
