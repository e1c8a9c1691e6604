// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { i18n } from '../../app/i18n.ts';
import { useToasts } from '../../ui/toasts.ts';
import QueuePanel from './QueuePanel.vue';
import { useFileQueue } from './queue.ts';

const queued = (id: string, state: QueuedFile['state'], changes: Partial<QueuedFile> = {}): QueuedFile => ({
  ...{ id, recordId: 'r1', name: `${id}.pem`, size: 100, state, done: 0 },
  ...{ reason: null, retriable: state === 'cancelled', attachmentId: null, ...changes },
});
const viewOf = (...files: QueuedFile[]): FileQueueView => ({
  ...{ files, done: 10, total: 100, bytesPerSecond: 10 },
  busy: files.some(({ state }) => state === 'waiting' || state === 'encrypting'),
});

let bridge: FakeBridge;

beforeEach(() => {
  document.body.innerHTML = '<main id="screen"></main>';
  setActivePinia(createPinia());
  const call = () => done({});
  bridge = fakeBridge({ fileQueue: { cancel: call, cancelAll: call, retry: call, clearFinished: call } });
  vi.stubGlobal('strongroom', bridge.api);
});

function panel() {
  return mount(
    { render: () => h(TooltipProvider, () => h(QueuePanel)) },
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
}

async function show(...files: QueuedFile[]): Promise<void> {
  bridge.emit('fileQueueChanged', viewOf(...files));
  await flushPromises();
}

describe('the panel of files on their way', () => {
  it('is not there while there is nothing to show', async () => {
    const wrapper = panel();
    expect(wrapper.find('section').exists()).toBe(false);
    await show(queued('a', 'waiting'));
    expect(wrapper.get('section').attributes('aria-label')).toBe('Files on their way');
    await show();
    expect(wrapper.find('section').exists()).toBe(false);
  });

  it('offers for each file what can be done about it, failed ones first', async () => {
    const wrapper = panel();
    const failed = queued('d', 'failed', { reason: 'fileTooLarge' });
    await show(queued('a', 'encrypting'), queued('b', 'done'), queued('c', 'cancelled'), failed);
    const names = wrapper.findAll('li').map((line) => line.findAll('button')[0]?.attributes('aria-label'));
    expect(names).toEqual([undefined, 'Cancel a.pem', undefined, 'Try again: c.pem']);
    await wrapper.get('[aria-label="Cancel a.pem"]').trigger('click');
    await wrapper.get('[aria-label="Try again: c.pem"]').trigger('click');
    await wrapper.get('[data-testid=cancel-files]').trigger('click');
    await wrapper.get('[data-testid=clear-files]').trigger('click');
    expect(bridge.calls.map(({ name, input }) => [name, input])).toEqual([
      ['fileQueue.cancel', { id: 'a' }],
      ['fileQueue.retry', { id: 'c' }],
      ['fileQueue.cancelAll', {}],
      ['fileQueue.clearFinished', {}],
    ]);
  });

  it('keeps the focus when the line that had it comes through', async () => {
    const wrapper = panel();
    await show(queued('a', 'encrypting'), queued('b', 'waiting'));
    wrapper.get<HTMLElement>('[aria-label="Cancel a.pem"]').element.focus();
    await show(queued('a', 'done'), queued('b', 'encrypting'));
    expect(document.activeElement?.getAttribute('aria-expanded')).toBe('false');
    await wrapper.get('[aria-expanded]').trigger('click');
    expect(useFileQueue().open).toBe(true);
  });

  it('says aloud how it ended and nothing between', async () => {
    const wrapper = panel();
    const said = (): string => wrapper.get('[role=status]').text();
    await show(queued('a', 'encrypting'));
    await show(queued('a', 'encrypting', { done: 50 }));
    expect(said()).toBe('');
    await show(queued('a', 'done'));
    expect(said()).toBe('1 file added');
  });

  it('leaves to a remark what is no state of a file', async () => {
    panel();
    useFileQueue().news = { kind: 'notFiles', count: 2 };
    await flushPromises();
    expect(useToasts().toasts.map(({ text }) => text)).toEqual([
      '2 items were not added: they are not files on this computer. Save them first.',
    ]);
  });

  it('shows a hundred lines, and more when asked', async () => {
    const wrapper = panel();
    await show(...Array.from({ length: 101 }, (_, index) => queued(`f${index}`, 'waiting')));
    expect(wrapper.findAll('li')).toHaveLength(100);
    await wrapper.get('.more').trigger('click');
    expect(wrapper.findAll('li')).toHaveLength(101);
  });
});
