/**
 * What quick access shows: the records found, the one that the keys mean, and what was done last.
 * It copies and opens, and never shows a secret. It holds nothing while its window is hidden.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { RecordRow } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import type { FileTarget, QueueNews } from '../files/queue.ts';
import { quickRecords } from './limits.ts';

export type QuickDeed = 'password' | 'login' | 'code' | 'url';

/** What was done last, for the line below the list; never the value. */
export type QuickRemark =
  | { readonly kind: 'copied'; readonly what: Exclude<QuickDeed, 'url'>; readonly totalMs: number }
  | { readonly kind: 'files'; readonly news: QueueNews }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An address that leads elsewhere than before; nothing was opened yet. */
export interface QuickQuestion {
  readonly recordId: string;
  readonly host: string;
  readonly previous: string;
}

export const useQuick = defineStore('quick', () => {
  const query = ref('');
  const rows = shallowRef<readonly RecordRow[]>([]);
  const activeId = ref<string | null>(null);
  const remark = shallowRef<QuickRemark | null>(null);
  const question = shallowRef<QuickQuestion | null>(null);
  /** Whether the answer to what is typed has come. */
  const looked = ref(false);
  let number = 0;

  const active = computed(() => rows.value.find(({ id }) => id === activeId.value) ?? null);

  /** Looks for what is typed; for nothing typed, what was used last. Late answers are dropped. */
  async function look(): Promise<void> {
    const asked = ++number;
    const text = query.value;
    const sort = { by: 'name', descending: false } as const;
    const window = { offset: 0, limit: quickRecords };
    const answer =
      text.trim() === ''
        ? await bridge().records.page({ scope: { kind: 'recent' }, sort, ...window })
        : await bridge().records.search({ query: text, scope: null, ...window });
    if (asked !== number) return;
    looked.value = answer.ok;
    rows.value = answer.ok ? answer.value.rows : [];
    activeId.value = rows.value[0]?.id ?? null;
    remark.value = answer.ok ? null : { kind: 'failed', failure: answer.error };
  }

  function type(text: string): void {
    query.value = text;
    question.value = null;
    void look();
  }

  function go(by: number): void {
    const at = rows.value.findIndex(({ id }) => id === activeId.value);
    activeId.value = rows.value[Math.min(rows.value.length - 1, Math.max(0, at + by))]?.id ?? null;
    question.value = null;
  }

  async function copy(
    what: Exclude<QuickDeed, 'url'>,
    call: Promise<Result<{ readonly totalMs: number }>>,
  ): Promise<void> {
    const asked = number;
    const answer = await call;
    if (asked !== number) return;
    remark.value = answer.ok
      ? { kind: 'copied', what, totalMs: answer.value.totalMs }
      : { kind: 'failed', failure: answer.error };
  }

  async function open(recordId: string, confirmedHost: string | null): Promise<void> {
    const asked = number;
    question.value = null;
    const answer = await bridge().records.openUrl({ recordId, index: 0, confirmedHost });
    if (asked !== number) return;
    if (!answer.ok) remark.value = { kind: 'failed', failure: answer.error };
    else if (answer.value.opened) await bridge().quickAccess.hide({});
    else {
      remark.value = null;
      question.value = { recordId, host: answer.value.host, previous: answer.value.previousHost ?? '' };
    }
  }

  /** Does something with the line that the keys mean, which `recordId` may change. */
  async function act(deed: QuickDeed, recordId: string | null = activeId.value): Promise<void> {
    if (recordId === null) return;
    activeId.value = recordId;
    question.value = null;
    const { records } = bridge();
    if (deed === 'password') return copy(deed, records.copyPassword({ recordId }));
    if (deed === 'login') return copy(deed, records.copyLogin({ recordId }));
    if (deed === 'code') return copy(deed, records.copyCode({ recordId, field: null }));
    return open(recordId, null);
  }

  async function confirm(): Promise<void> {
    if (question.value) await open(question.value.recordId, question.value.host);
  }

  /** The record that files go onto; null for what takes none. */
  function targetOfFiles(recordId: string | null): FileTarget | null {
    const row = rows.value.find(({ id }) => id === recordId);
    return row?.kind === 'record' ? { id: row.id, name: row.name } : null;
  }

  async function showRecord(): Promise<void> {
    if (activeId.value !== null) await bridge().quickAccess.showRecord({ recordId: activeId.value });
  }

  function forget(): void {
    number += 1;
    query.value = '';
    rows.value = [];
    activeId.value = null;
    remark.value = null;
    question.value = null;
    looked.value = false;
  }

  return {
    query,
    rows,
    activeId,
    active,
    remark,
    question,
    looked,
    look,
    type,
    go,
    act,
    confirm,
    targetOfFiles,
    showRecord,
    forget,
  };
});
