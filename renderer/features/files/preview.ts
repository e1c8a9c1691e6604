/**
 * What a preview shows. The bytes live here and in the component that draws them, nowhere else:
 * they go when the preview closes, when everything locks, and with the component; an answer
 * that comes after any of these is wiped unread.
 */
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue';
import type { FilePreview } from '../../../contract/files.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { useSession } from '../unlock/session.ts';

/** A file of a record, by what is needed to ask for it and to name it. */
export interface LookedAt {
  readonly recordId: string;
  readonly attachmentId: string;
  readonly name: string;
}

export type PreviewState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'waiting'; readonly file: LookedAt }
  | { readonly kind: 'failed'; readonly file: LookedAt; readonly failure: Failure }
  | { readonly kind: 'shown'; readonly file: LookedAt; readonly content: FilePreview };

export interface Preview {
  readonly state: Readonly<Ref<PreviewState>>;
  /** Asks for the contents of a file and shows them; replaces what was shown before. */
  readonly open: (file: LookedAt) => Promise<void>;
  readonly close: () => void;
}

function wipe(content: FilePreview): void {
  // What a thread has taken over reads as empty, and cannot be written to any more.
  if (content.kind !== 'none' && content.bytes.length > 0) content.bytes.fill(0);
}

export function usePreview(): Preview {
  const session = useSession();
  const state = shallowRef<PreviewState>({ kind: 'closed' });
  let number = 0;

  function close(): void {
    number += 1;
    const { value } = state;
    state.value = { kind: 'closed' };
    if (value.kind === 'shown') wipe(value.content);
  }

  async function open(file: LookedAt): Promise<void> {
    close();
    const asked = number;
    state.value = { kind: 'waiting', file };
    const { recordId, attachmentId } = file;
    const answer = await bridge().files.preview({ recordId, attachmentId });
    if (asked !== number) {
      if (answer.ok) wipe(answer.value);
      return;
    }
    state.value = answer.ok
      ? { kind: 'shown', file, content: answer.value }
      : { kind: 'failed', file, failure: answer.error };
  }

  watch(
    () => session.unlocked,
    (unlocked) => {
      if (!unlocked) close();
    },
    { flush: 'sync' },
  );
  onScopeDispose(close);

  return { state, open, close };
}
