/** Whether anybody can see the window. Revealed values go, and timers rest, when nobody can. */
import { onScopeDispose, readonly, type Ref, ref } from 'vue';
import { bridge } from './bridge.ts';

export function useVisibility(): Readonly<Ref<boolean>> {
  const visible = ref(!document.hidden);
  const followPage = (): void => {
    visible.value = !document.hidden;
  };
  document.addEventListener('visibilitychange', followPage);
  const unsubscribe = bridge().on('visibilityChanged', (event) => {
    visible.value = event.visible && !document.hidden;
  });
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', followPage);
    unsubscribe();
  });
  return readonly(visible);
}
