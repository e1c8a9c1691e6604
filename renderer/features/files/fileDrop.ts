/**
 * A part of the window that files can be dropped on. It says which record is meant while they hang
 * over it, so that nobody has to guess where they go; our own drags of records pass by.
 */
import { type Ref, readonly, ref, shallowRef } from 'vue';
import { type FileTarget, useFileQueue } from './queue.ts';

export interface FileDrop {
  /** Files hang over the place. */
  readonly hanging: Readonly<Ref<boolean>>;
  /** The record they would go onto; null where they cannot be dropped. */
  readonly aimed: Readonly<Ref<FileTarget | null>>;
  readonly over: (event: DragEvent) => void;
  readonly leave: (event: DragEvent) => void;
  readonly drop: (event: DragEvent) => void;
}

export function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}

/** `aim` gives the record that is meant at the pointer, or null; `over` serves `dragenter` and `dragover`. */
export function useFileDrop(aim: (event: DragEvent) => FileTarget | null): FileDrop {
  const queue = useFileQueue();
  const hanging = ref(false);
  const aimed = shallowRef<FileTarget | null>(null);

  function end(): void {
    hanging.value = false;
    aimed.value = null;
  }

  function over(event: DragEvent): void {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    if (!hanging.value && queue.limit === null) void queue.loadLimit();
    const target = aim(event);
    hanging.value = true;
    if (aimed.value?.id !== target?.id) aimed.value = target;
    event.dataTransfer.dropEffect = target ? 'copy' : 'none';
  }

  /** Comes for every child that the pointer crosses, too. */
  function leave({ currentTarget, relatedTarget }: DragEvent): void {
    const within =
      currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
    if (!within) end();
  }

  function drop(event: DragEvent): void {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    const target = aim(event);
    end();
    if (target) void queue.put(target, [...event.dataTransfer.files]);
  }

  return { hanging: readonly(hanging), aimed, over, leave, drop };
}

/** Whether keys typed there are text, so that pasting is too. */
function takesText(element: EventTarget | null): boolean {
  return element instanceof Element && element.closest('input, textarea, select, [contenteditable]') !== null;
}

/** The files of a paste that is not meant for a field; empty otherwise. The paste is used up. */
export function pastedFiles(event: ClipboardEvent): File[] {
  const files = [...(event.clipboardData?.files ?? [])];
  if (event.defaultPrevented || files.length === 0 || takesText(event.target)) return [];
  event.preventDefault();
  return files;
}
