/**
 * `webUtils.getPathForFile` of the preload's world.
 *
 * Electron answers it at once; in Chromium only the DevTools protocol knows a file's path.
 * So a drop or a file input's change that brings unknown files is held back, its paths are
 * asked for, and the event is sent again; by then the answer is at hand.
 *
 * The function runs inside the page as source text and is self-contained.
 */
import type { PageEvent, PageWindow } from './dom.ts';

/** The lookup, and the entry by which the main process answers. */
export interface DroppedFiles {
  pathOf: (file: File) => string;
  release: (paths: string[]) => void;
}

/** Starts holding. `ask` gets the files whose paths are wanted, in order. */
export function holdDroppedFiles(world: PageWindow, ask: (files: File[]) => void): DroppedFiles {
  const paths = new Map<string, string>();
  const ours = new WeakSet<Event>();
  let held: { files: File[]; again: () => void } | undefined;
  const nameOf = (file: File): string => JSON.stringify([file.name, file.size, file.lastModified]);

  const dropAgain = (event: PageEvent, target: EventTarget, files: File[]): void => {
    const dataTransfer = new world.DataTransfer();
    for (const file of files) dataTransfer.items.add(file);
    const { clientX = 0, clientY = 0 } = event;
    const travels = { bubbles: true, cancelable: true, composed: true };
    const again = new world.DragEvent('drop', { ...travels, dataTransfer, clientX, clientY });
    ours.add(again);
    target.dispatchEvent(again);
  };
  const hold = (event: PageEvent): void => {
    const target = event.target as (EventTarget & { files?: ArrayLike<File> | null }) | null;
    const dropped = event.type === 'drop';
    const files = Array.from((dropped ? event.dataTransfer?.files : target?.files) ?? []);
    if (ours.has(event) || target === null || files.every((file) => paths.has(nameOf(file)))) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const again = (): void => {
      if (dropped) dropAgain(event, target, files);
      else target.dispatchEvent(new Event('change', { bubbles: true }));
    };
    held = { files, again };
    ask(files);
  };
  world.addEventListener('drop', hold, true);
  world.addEventListener('change', hold, true);
  return {
    pathOf: (file) => paths.get(nameOf(file)) ?? '',
    release: (found) => {
      const release = held;
      held = undefined;
      release?.files.forEach((file, at) => paths.set(nameOf(file), found[at] ?? ''));
      release?.again();
    },
  };
}
