/** Copying something of a record: the main process writes the clipboard, the page shows the time left. */
import type { FieldRef } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import { useFormat } from '../../app/format.ts';
import { useToasts } from '../../ui/toasts.ts';
import { type CopiedKind, useClipboard } from './clipboard.ts';

export function useCopying() {
  const clipboard = useClipboard();
  const toasts = useToasts();
  const format = useFormat();

  async function report(what: CopiedKind, call: Parameters<typeof clipboard.copy>[1]): Promise<void> {
    const failure = await clipboard.copy(what, call);
    if (failure) toasts.say('bad', format.failure(failure));
  }

  return {
    password: (recordId: string) => report('password', bridge().records.copyPassword({ recordId })),
    login: (recordId: string) => report('login', bridge().records.copyLogin({ recordId })),
    url: (recordId: string, index: number) => report('url', bridge().records.copyUrl({ recordId, index })),
    field: (recordId: string, field: FieldRef) =>
      report('field', bridge().records.copyCustomField({ recordId, field })),
    /** `field` null means the record's first one-time code. */
    code: (recordId: string, field: FieldRef | null) =>
      report('code', bridge().records.copyCode({ recordId, field })),
  };
}
