/** Row heights in pixels for the virtual lists, which must know them before anything is painted. */
import { computed, type ComputedRef } from 'vue';

export interface Measures {
  readonly treeRow: number;
  readonly treeHeading: number;
  readonly recordRow: number;
}

const regular: Measures = { treeRow: 28, treeHeading: 34, recordRow: 44 };
const compact: Measures = { treeRow: 23, treeHeading: 28, recordRow: 36 };

export function useMeasures(density: () => 'regular' | 'compact'): ComputedRef<Measures> {
  return computed(() => (density() === 'compact' ? compact : regular));
}
