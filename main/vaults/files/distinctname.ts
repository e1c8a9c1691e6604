/** Names of files that stand beside each other: on a record, or in a folder of the disk. */
import { extname } from 'node:path';

/** As most file systems see it, so that a file that is saved later replaces no other. */
const sameTo = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en');

/** The name itself where nobody has it yet, else with a number before its ending: `notes (2).txt`. */
export function distinctName(name: string, taken: Iterable<string>): string {
  const others = new Set([...taken].map(sameTo));
  if (!others.has(sameTo(name))) return name;
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 2; ; number++) {
    const candidate = `${stem} (${number})${ending}`;
    if (!others.has(sameTo(candidate))) return candidate;
  }
}
