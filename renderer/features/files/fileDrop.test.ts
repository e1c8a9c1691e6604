// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { type FileDrop, pastedFiles, useFileDrop } from './fileDrop.ts';
import type { FileTarget } from './queue.ts';

let bridge: FakeBridge;
let place: HTMLElement;
let target: FileTarget | null;
let fileDrop: FileDrop;

function drag(type: string, types: string[], relatedTarget: Node | null = null): Event & { dropped: string } {
  const dataTransfer = { types, files: [{ name: 'a.pem' }], dropEffect: 'unset' };
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), { dataTransfer });
  Object.defineProperty(event, 'relatedTarget', { value: relatedTarget });
  place.firstElementChild?.dispatchEvent(event);
  return Object.assign(event, { dropped: dataTransfer.dropEffect });
}

const staged = (): number => bridge.calls.filter(({ name }) => name === 'attachments.stage').length;

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({
    attachments: { stage: () => done({ files: [], limit: 1 }) },
    fileQueue: { limit: () => done({ limit: 1, protocolLimit: true }) },
  });
  vi.stubGlobal('strongroom', bridge.api);
  target = { id: 'r1', name: 'web-03' };
  fileDrop = useFileDrop(() => target);
  place = document.createElement('div');
  place.append(document.createElement('p'));
  const { over, leave, drop } = fileDrop;
  for (const type of ['dragenter', 'dragover'])
    place.addEventListener(type, (event) => over(event as DragEvent));
  place.addEventListener('dragleave', (event) => leave(event as DragEvent));
  place.addEventListener('drop', (event) => drop(event as DragEvent));
});

describe('a place for files', () => {
  it('says what is meant while files hang over it, and takes them', async () => {
    expect(drag('dragover', ['Files']).dropped).toBe('copy');
    expect([fileDrop.hanging.value, fileDrop.aimed.value]).toEqual([true, target]);
    expect(drag('drop', ['Files']).defaultPrevented).toBe(true);
    expect([fileDrop.hanging.value, fileDrop.aimed.value]).toEqual([false, null]);
    await vi.waitFor(() => expect(staged()).toBe(1));
  });

  it('bars them where no record is meant', () => {
    target = null;
    expect(drag('dragover', ['Files']).dropped).toBe('none');
    expect([fileDrop.hanging.value, fileDrop.aimed.value]).toEqual([true, null]);
    drag('drop', ['Files']);
    expect(staged()).toBe(0);
  });

  it('lets our own drags pass by', () => {
    expect(drag('dragover', ['application/x-strongroom']).defaultPrevented).toBe(false);
    expect(fileDrop.hanging.value).toBe(false);
  });

  it('is left when the pointer goes out, not when it crosses a child', () => {
    drag('dragenter', ['Files']);
    drag('dragleave', ['Files'], place);
    expect(fileDrop.hanging.value).toBe(true);
    drag('dragleave', ['Files'], document.body);
    expect(fileDrop.hanging.value).toBe(false);
  });
});

describe('a paste', () => {
  const pasteOn = (element: HTMLElement, files: unknown[]): { files: File[]; used: boolean } => {
    const clipboardData = { files };
    const event = Object.assign(new Event('paste', { cancelable: true }), { clipboardData });
    Object.defineProperty(event, 'target', { value: element });
    return { files: pastedFiles(event as unknown as ClipboardEvent), used: event.defaultPrevented };
  };

  it('gives its files, but never where one is typing', () => {
    const [file, field] = [{ name: 'a.pem' }, document.createElement('input')];
    expect(pasteOn(place, [file])).toEqual({ files: [file], used: true });
    expect(pasteOn(field, [file])).toEqual({ files: [], used: false });
    expect(pasteOn(place, [])).toEqual({ files: [], used: false });
  });
});
