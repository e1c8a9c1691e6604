/**
 * Short remarks about something that has just happened, for what has no place of its own.
 * The words are kept as they were said; nothing secret may be said here.
 */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

/** A way back from what was just done, offered while the remark stands. */
export interface ToastAction {
  readonly text: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'bad';
  readonly text: string;
  readonly action: ToastAction | null;
}

/** How long a remark stays: errors long enough to be read twice, a way back long enough to be reached. */
const stays = { info: 4000, bad: 9000, action: 12_000 } as const;

export const useToasts = defineStore('toasts', () => {
  const toasts = shallowRef<readonly Toast[]>([]);
  let lastId = 0;

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  /** Shows a remark; the same words said again replace the earlier ones. */
  function say(kind: Toast['kind'], text: string, action: ToastAction | null = null): void {
    const id = ++lastId;
    toasts.value = [...toasts.value.filter((toast) => toast.text !== text), { id, kind, text, action }].slice(
      -3,
    );
    setTimeout(() => dismiss(id), action ? stays.action : stays[kind]);
  }

  /** Takes the way back that a remark offers; the remark goes. */
  function act(toast: Toast): void {
    dismiss(toast.id);
    toast.action?.run();
  }

  function forget(): void {
    toasts.value = [];
  }

  return { toasts, say, act, dismiss, forget };
});
