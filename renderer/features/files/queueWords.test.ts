// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import { i18n } from '../../app/i18n.ts';
import { remainingOf, useQueueWords } from './queueWords.ts';

const queued = (state: QueuedFile['state'], changes: Partial<QueuedFile> = {}): QueuedFile => ({
  ...{ id: 'a', recordId: 'r1', name: 'a.iso', size: 6 * 1024 * 1024, state, done: 0 },
  ...{ reason: null, retriable: false, attachmentId: null, ...changes },
});
const running = (done: number, total: number, bytesPerSecond: number | null): FileQueueView => ({
  ...{ files: [queued('done'), queued('encrypting'), queued('failed')], done, total, bytesPerSecond },
  busy: true,
});
const five = 5 * 1024 * 1024;

afterEach(() => (i18n.global.locale.value = 'en'));

describe('the time that is left', () => {
  it.each([
    [99, { unit: 'moment', count: 0 }],
    [90, { unit: 'seconds', count: 10 }],
    [88, { unit: 'seconds', count: 15 }],
    [42, { unit: 'minutes', count: 1 }],
  ])('at one a second and %i of 100 done', (done, expected) => {
    expect(remainingOf(running(done, 100, 1))).toEqual(expected);
  });

  it('is told in hours at last, and not at all while nobody knows', () => {
    expect(remainingOf(running(0, 7300, 1))).toEqual({ unit: 'hours', count: 2 });
    expect(remainingOf(running(0, 100, null))).toBeNull();
    expect(remainingOf(running(0, 100, 0))).toBeNull();
    expect(remainingOf({ ...running(0, 100, 1), busy: false })).toBeNull();
  });
});

describe('the words of the queue', () => {
  it('say how far it is and how it ended, in both languages', () => {
    const words = useQueueWords();
    const view = running(1024 * 1024, 3 * 1024 * 1024, 1024 * 512);
    expect(words.headline(view)).toBe('Encrypting files: 1 of 2');
    expect(words.pace(view)).toBe('1 MB of 3 MB · 512 KB/s · a few seconds left');
    expect(words.pace({ ...view, bytesPerSecond: 1024 * 64 })).toContain('about 35 seconds left');
    expect(words.headline({ ...view, busy: false })).toBe('1 file added');
    expect(words.headline({ ...view, busy: false, files: [] })).toBe('No file was added');
    i18n.global.locale.value = 'ru';
    expect(words.headline({ ...view, files: [1, 2, 3, 4, 5].map(() => queued('done')), busy: false })).toBe(
      'Добавлено 5 файлов',
    );
    expect(words.pace({ ...view, bytesPerSecond: 1024 * 64 })).toContain('осталось примерно 35 секунд');
  });

  it('say why a file stayed out, with its size and the limit', () => {
    const words = useQueueWords();
    const large = queued('failed', { reason: 'fileTooLarge' });
    expect(words.reason(large, five)).toBe('Too large: 6 MB. This server takes files of up to 5 MB each.');
    expect(words.reason(queued('failed', { reason: 'fileUnreadable' }), five)).toContain('Cannot be read');
    expect(words.reason(queued('failed', { reason: 'forbidden' }), five)).not.toBe('');
    expect(words.reason(queued('done'), five)).toBe('');
  });

  it('name every file that was refused, and count what is too many to name', () => {
    const words = useQueueWords();
    const refused = Array.from({ length: 7 }, (_, index) => ({
      ...{ token: `${index}`, name: `disc-${index}.iso`, size: five + 1, refusal: 'tooLarge' as const },
    }));
    const target = { id: 'r1', name: 'web-03' };
    const some = refused.slice(0, 2);
    expect(words.newsText({ kind: 'added', count: 3, target, refused: some, limit: five })).toBe(
      '3 files are being added to “web-03”. Too large: disc-0.iso, disc-1.iso. This server takes files of up to 5 MB each.',
    );
    const all = words.newsText({ kind: 'added', count: 0, target, refused, limit: five });
    expect(all).toBe(
      'Too large: disc-0.iso, disc-1.iso, disc-2.iso, disc-3.iso, disc-4.iso and 2 more. This server takes files of up to 5 MB each.',
    );
    expect(words.newsText({ kind: 'ended', done: 18, failed: 1, cancelled: 1 })).toBe(
      '18 files added · 1 not added · 1 cancelled',
    );
  });
});
