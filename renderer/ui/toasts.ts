/**
 * Short remarks about something that has just happened, for what has no place of its own.
 * The words are kept as they were said; nothing secret may be said here.
 */
import { defineStore } from 'pinia';
import { ref } from 'vue';

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'bad';
  readonly text: string;
}

/** How long a remark stays: errors long enough to be read twice. */
const stays = { info: 4000, bad: 9000 } as const;

export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let lastId = 0;

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  /** Shows a remark; the same words said again replace the earlier ones. */
  function say(kind: Toast['kind'], text: string): void {
    const id = ++lastId;
    toasts.value = [...toasts.value.filter((toast) => toast.text !== text), { id, kind, text }].slice(-3);
    setTimeout(() => dismiss(id), stays[kind]);
  }

  function forget(): void {
    toasts.value = [];
  }

  return { toasts, say, dismiss, forget };
});
