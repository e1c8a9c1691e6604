/** How large a picture or a page is shown: fitted into its place, or at a part of its own size. */
import { computed, type ComputedRef, type Ref, ref } from 'vue';

const steps = [0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Zoom {
  /** What a pixel of the picture is multiplied by; 1 is its own size. */
  readonly scale: ComputedRef<number>;
  readonly fitted: Readonly<Ref<boolean>>;
  readonly closer: () => void;
  readonly farther: () => void;
  readonly fit: () => void;
  readonly actual: () => void;
  /** Does what a key stands for; false if it stands for nothing here. */
  readonly press: (event: KeyboardEvent) => boolean;
}

/**
 * Starts fitted. A picture smaller than its place stays at its own size, unless `enlarging`:
 * a page of vectors loses nothing by being drawn larger.
 */
export function useZoom(picture: () => Size | null, place: () => Size, enlarging: boolean): Zoom {
  const chosen = ref<number | null>(null);

  const scale = computed(() => {
    if (chosen.value !== null) return chosen.value;
    const size = picture();
    const { width, height } = place();
    if (size === null || size.width <= 0 || size.height <= 0 || width <= 0 || height <= 0) return 1;
    const fitting = Math.min(width / size.width, height / size.height);
    return enlarging ? fitting : Math.min(1, fitting);
  });

  /** A whole step away from where it is, so that the first press after fitting is always seen. */
  const nearly = 0.01;
  const closer = (): void => {
    chosen.value = steps.find((step) => step > scale.value + nearly) ?? steps[steps.length - 1] ?? 1;
  };
  const farther = (): void => {
    chosen.value = steps.findLast((step) => step < scale.value - nearly) ?? steps[0];
  };
  const fit = (): void => {
    chosen.value = null;
  };
  const actual = (): void => {
    chosen.value = 1;
  };

  /** The characters that a person means, whatever key of the layout writes them. */
  const deeds: Readonly<Record<string, () => void>> = {
    '+': closer,
    '=': closer,
    '-': farther,
    '0': fit,
    '1': actual,
  };

  function press(event: KeyboardEvent): boolean {
    const deed = event.altKey || event.metaKey ? undefined : deeds[event.key];
    deed?.();
    return deed !== undefined;
  }

  return { scale, fitted: computed(() => chosen.value === null), closer, farther, fit, actual, press };
}
