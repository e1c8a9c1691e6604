/** What of ours the clipboard holds, by kind, and when it will be cleared; never the value. */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type CopiedKind = 'password' | 'login' | 'code' | 'url' | 'field';

export const useClipboard = defineStore('clipboard', () => {
  const kind = ref<CopiedKind | null>(null);
  /** Unix milliseconds; null when the clipboard holds nothing of ours. */
  const clearsAt = ref<number | null>(null);
  const totalMs = ref(0);
  /** The record whose password it holds, so that the next copy of it can be the code. */
  const passwordOf = ref<string | null>(null);

  /** Carries out a copy and keeps its end time. A failure is given back for the caller to show. */
  async function copy(
    what: CopiedKind,
    call: Promise<Result<{ readonly clearsAt: number; readonly totalMs: number }>>,
  ): Promise<Failure | null> {
    const answer = await call;
    if (!answer.ok) return answer.error;
    kind.value = what;
    passwordOf.value = null;
    clearsAt.value = answer.value.clearsAt;
    totalMs.value = answer.value.totalMs;
    return null;
  }

  async function clearNow(): Promise<Failure | null> {
    const answer = await bridge().records.clearClipboard({});
    if (!answer.ok) return answer.error;
    forget();
    return null;
  }

  function forget(): void {
    kind.value = null;
    clearsAt.value = null;
    totalMs.value = 0;
    passwordOf.value = null;
  }

  function follow(): () => void {
    return bridge().on('clipboardChanged', (event) => {
      if (event.clearsAt === null) return forget();
      clearsAt.value = event.clearsAt;
      totalMs.value = event.totalMs;
    });
  }

  return { kind, clearsAt, totalMs, passwordOf, copy, clearNow, follow, forget };
});
