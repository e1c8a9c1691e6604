/**
 * The law: everything typed is somewhere, and everything made stands once.
 *
 * "Somewhere" is the server's current records, its history or its bin, or an open conflict on a
 * device. It is checked against the book (`book.ts`), never against what a device believes.
 */
import type { Book } from './book.ts';
import { heldTexts, toldTexts } from './contents.ts';
import type { OpenAccount } from './contents.ts';
import type { Truth } from './servertruth.ts';
import { tokensIn } from './tokens.ts';

/** What a check counted; a broken law throws instead. */
export interface Verdict {
  /** Values that had to be found, all of which were. */
  readonly values: number;
  /** Objects that had to stand, all of which did, once. */
  readonly objects: number;
}

/** Everything that this process has found lost or doubled, for the lines that the suites print. */
const broken = { lost: 0, doubled: 0 };

export const brokenLine = (): string => `${String(broken.lost)} lost, ${String(broken.doubled)} doubled`;

export class LawBroken extends Error {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];

  constructor(lost: readonly string[], doubled: readonly string[]) {
    const some = [...lost.slice(0, 20), ...doubled.slice(0, 20)].join('\n  ');
    super(`${String(lost.length)} lost, ${String(doubled.length)} wrong in number:\n  ${some}`);
    broken.lost += lost.length;
    broken.doubled += doubled.length;
    this.lost = lost;
    this.doubled = doubled;
  }
}

/**
 * Throws `LawBroken` unless every value of the book is on the server or on one of the devices,
 * and unless every object stands there as often as it should. Of settled devices only what they
 * have told their person counts: they hold nothing else that the server lacks.
 */
export async function checkLaw(
  book: Book,
  truth: Truth,
  devices: { readonly open?: readonly OpenAccount[]; readonly settled?: readonly OpenAccount[] },
): Promise<Verdict> {
  const held = new Set<string>(truth.values);
  const texts = (devices.settled ?? []).flatMap(toldTexts);
  for (const account of devices.open ?? []) texts.push(...(await heldTexts(account)));
  for (const token of tokensIn(texts)) held.add(token);
  const required = book.required();
  const lost = required.filter((token) => !held.has(token)).map((token) => book.describe(token));
  const doubled = [...book.objects()].flatMap(([token, { min, max }]) => {
    const found = truth.objects.get(token) ?? 0;
    return found < min || found > max
      ? [
          `${token} stands ${String(found)} times, not ${String(min)} to ${String(max)} (${book.story(token)})`,
        ]
      : [];
  });
  if (lost.length > 0 || doubled.length > 0) throw new LawBroken(lost, doubled);
  return { values: required.length, objects: book.objects().size };
}
