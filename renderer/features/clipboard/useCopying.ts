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

  /** True if it was copied; a failure is shown. */
  async function copied(what: CopiedKind, call: Parameters<typeof clipboard.copy>[1]): Promise<boolean> {
    const failure = await clipboard.copy(what, call);
    if (failure) toasts.say('bad', format.failure(failure));
    return failure === null;
  }

  async function report(...what: Parameters<typeof copied>): Promise<void> {
    await copied(...what);
  }

  /**
   * The password; and while the clipboard still holds it, the record's code, as signing in asks
   * for one after the other. A record without codes gives its password each time.
   */
  async function passwordThenCode(recordId: string): Promise<void> {
    if (clipboard.passwordOf === recordId) {
      const failure = await clipboard.copy('code', bridge().records.copyCode({ recordId, field: null }));
      if (failure === null) return;
      if (failure.code !== 'noSuchField') return toasts.say('bad', format.failure(failure));
    }
    if (await copied('password', bridge().records.copyPassword({ recordId })))
      clipboard.passwordOf = recordId;
  }

  return {
    password: (recordId: string) => report('password', bridge().records.copyPassword({ recordId })),
    passwordThenCode,
    login: (recordId: string) => report('login', bridge().records.copyLogin({ recordId })),
    url: (recordId: string, index: number) => report('url', bridge().records.copyUrl({ recordId, index })),
    field: (recordId: string, field: FieldRef) =>
      report('field', bridge().records.copyCustomField({ recordId, field })),
    /** A value that the generator keeps. */
    made: (id: string) => report('password', bridge().generator.copyKept({ id })),
    /** `field` null means the record's first one-time code. */
    code: (recordId: string, field: FieldRef | null) =>
      report('code', bridge().records.copyCode({ recordId, field })),
  };
}
