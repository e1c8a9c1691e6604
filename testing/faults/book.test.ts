/** How often an object may stand, when the device that dealt with it was killed in between. */
import { describe, expect, it } from 'vitest';
import { Book } from './book.ts';

const mark = 'mka000000amk';
const bounds = (book: Book): unknown => book.objects().get(mark);

/** Made on one device and copied on the other, which was killed before the copy had its own mark. */
function copiedBook(): Book {
  const book = new Book();
  book.diaryOf('a').did({ kind: 'create', made: [mark] });
  book.diaryOf('b').did({ kind: 'copy', copied: [mark] });
  book.diaryOf('b').will({ kind: 'mark', parted: [mark] });
  book.cutOff('b');
  return book;
}

describe('the book of a killed device', () => {
  it('lets a copy stand until it is known to have its own mark', () => {
    expect(bounds(copiedBook())).toEqual({ min: 1, max: 2 });
  });

  it('remembers copies of what was to be put back, whether that was cut off or refused', () => {
    const book = copiedBook();
    book.diaryOf('b').did({ kind: 'remove', unmade: [mark] });
    book.diaryOf('b').will({ kind: 'restore', made: [mark] });
    book.cutOff('b');
    expect(bounds(book)).toEqual({ min: 0, max: 2 });
    book.diaryOf('b').failed({ kind: 'restore', made: [mark] }, 'notRestorable');
    expect(bounds(book)).toEqual({ min: 0, max: 2 });
    book.diaryOf('b').did({ kind: 'restore', made: [mark] });
    expect(bounds(book)).toEqual({ min: 1, max: 2 });
  });

  it('expects nothing of a creation that was refused, and perhaps one of one that was cut off', () => {
    const book = new Book();
    book.diaryOf('a').failed({ kind: 'create', made: [mark] }, 'diskFull');
    expect(bounds(book)).toEqual({ min: 0, max: 0 });
    const cut = new Book();
    cut.diaryOf('a').will({ kind: 'create', made: [mark] });
    cut.cutOff('a');
    expect(bounds(cut)).toEqual({ min: 0, max: 1 });
  });
});
