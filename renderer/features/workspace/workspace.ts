/**
 * Where in the workspace a person is: which pane a narrow window shows, which pane asked for
 * the focus, and what stands open over it.
 */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { useEditor } from '../editor/editor.ts';
import { useMarking } from '../many/marking.ts';
import { useList } from '../list/list.ts';

export type Pane = 'tree' | 'list' | 'record';
export type FocusTarget = Pane | 'search';

const order: readonly FocusTarget[] = ['search', 'tree', 'list', 'record'];

/** The pane that holds the focus, by the mark in the page. */
function focusedTarget(): FocusTarget | null {
  const name = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane'];
  return order.find((target) => target === name) ?? null;
}

/** What a key may ask of the record in the pane, which knows its rights. */
export type RecordDeed = 'edit' | 'move' | 'copy' | 'favourite' | 'remove';

export interface FocusRequest {
  readonly target: FocusTarget;
  /** Only the focus: a list does not pick its first record by itself. */
  readonly quiet?: true;
}

export const useWorkspace = defineStore('workspace', () => {
  /** Which pane a window too narrow for all of them shows; in two panes, `tree` lies over the list. */
  const stage = ref<Pane>('list');
  const focusRequest = shallowRef<FocusRequest | null>(null);
  const peekRequest = shallowRef<{ readonly recordId: string } | null>(null);
  const deedRequest = shallowRef<{ readonly recordId: string; readonly deed: RecordDeed } | null>(null);
  const shortcutsOpen = ref(false);

  function askFocus(target: FocusTarget): true {
    if (target !== 'search') stage.value = target;
    focusRequest.value = { target };
    return true;
  }

  /** Coming in from the lock screen: keys go to the list, and nothing is opened yet. */
  function arrive(): void {
    focusRequest.value = { target: 'list', quiet: true };
  }

  function focusNextPane(): true {
    const focused = focusedTarget();
    return askFocus(order[((focused ? order.indexOf(focused) : 0) + 1) % order.length] ?? 'list');
  }

  /** One step towards the list, then out of a search. False when there is nowhere to go. */
  function stepBack(): boolean {
    const list = useList();
    const editor = useEditor();
    const focused = focusedTarget();
    if (editor.target && (focused === 'record' || focused === null)) return (void editor.cancel(), true);
    if (focused === 'record' || (focused === null && stage.value === 'record')) return askFocus('list');
    const marking = useMarking();
    if (marking.count > 0) {
      marking.clear();
      return askFocus('list');
    }
    if (list.query !== '') {
      list.clearSearch();
      return askFocus('list');
    }
    if (focused === 'search' || stage.value === 'tree') return askFocus('list');
    return false;
  }

  /** Shows or hides the password of a record without leaving the list. */
  function peek(recordId: string): void {
    peekRequest.value = { recordId };
  }

  /** Asks the record in the pane for something that keys can do. */
  function askDeed(recordId: string, deed: RecordDeed): void {
    stage.value = 'record';
    deedRequest.value = { recordId, deed };
  }

  function forget(): void {
    stage.value = 'list';
    focusRequest.value = null;
    peekRequest.value = null;
    deedRequest.value = null;
    shortcutsOpen.value = false;
  }

  return {
    stage,
    focusRequest,
    peekRequest,
    deedRequest,
    shortcutsOpen,
    askFocus,
    arrive,
    focusNextPane,
    stepBack,
    peek,
    askDeed,
    forget,
  };
});
