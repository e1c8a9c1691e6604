/** Which records are to be written to a file; the dialog asks the rest. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ExportScope } from '../../../contract/exchange.ts';

export interface ExportRequest {
  readonly scope: ExportScope;
  /** What it is called in the dialog. */
  readonly name: string;
}

export const useExporting = defineStore('exporting', () => {
  const request = shallowRef<ExportRequest | null>(null);

  function begin(wanted: ExportRequest): void {
    request.value = wanted;
  }

  function forget(): void {
    request.value = null;
  }

  return { request, begin, forget };
});
