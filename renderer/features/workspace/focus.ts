/**
 * A pane that takes the focus when it is asked to. The request waits in the store until the
 * pane is there to take it, since in a narrow window it comes to life only by being asked.
 */
import { onMounted, watch } from 'vue';
import { type FocusRequest, type FocusTarget, useWorkspace } from './workspace.ts';

/** `focus` answers whether it could. Gives a function for trying again. */
export function useFocusRequest(target: FocusTarget, focus: (request: FocusRequest) => boolean): () => void {
  const workspace = useWorkspace();

  function take(): void {
    const request = workspace.focusRequest;
    if (request?.target === target && focus(request)) workspace.focusRequest = null;
  }

  watch(() => workspace.focusRequest, take, { flush: 'post' });
  onMounted(take);
  return take;
}
