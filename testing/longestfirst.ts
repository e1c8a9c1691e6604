/**
 * The order of the suites where nothing is known of former runs, as on a fresh checkout: those that
 * take minutes come first, so that no worker is left alone with one of them at the end.
 */
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const long = [
  'testing/faults/kill',
  'testing/faults/cuts',
  'testing/faults/twodevices',
  'testing/postgres/',
  'testing/integration/master-password-change',
  'testing/objectstore/',
  'testing/integration/parted-files',
  'main/mirror/checkpointer',
];

/** The place of a suite among the long ones; behind them for all others. */
function placeOf({ moduleId }: TestSpecification): number {
  const place = long.findIndex((name) => moduleId.includes(name));
  return place < 0 ? long.length : place;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
