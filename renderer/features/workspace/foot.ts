/** How much of the window's bottom is taken, in pixels, so that the corner's remarks stand above it. */
import { type Ref, ref } from 'vue';

const foot = ref(0);

export function useFoot(): Ref<number> {
  return foot;
}
