import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfFile } from './filekind.ts';

const latin1 = (content: string): Buffer => Buffer.from(content, 'latin1');

function bitmap(length: number, said = length): Buffer {
  const file = Buffer.alloc(length);
  file.write('BM');
  file.writeUInt32LE(said, 2);
  return file;
}

describe('what a file is', () => {
  it.each([
    ['image/png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['image/jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['image/gif', latin1('GIF89a\x01\0\x01\0')],
    ['image/webp', latin1('RIFF\x1a\0\0\0WEBPVP8L')],
    ['image/bmp', bitmap(60)],
    ['image/avif', latin1('\0\0\0\x20ftypavif\0\0\0\0')],
  ])('is told for %s', (type, file) => {
    expect(kindOfFile(file)).toEqual({ kind: 'image', type });
  });

  it('is PDF wherever its header stands in the first kilobyte', () => {
    expect(kindOfFile(latin1('%PDF-1.7\n%\xe2\xe3'))).toEqual({ kind: 'pdf' });
    expect(kindOfFile(latin1(`${'\0'.repeat(1000)}%PDF-1.7`))).toEqual({ kind: 'pdf' });
    expect(kindOfFile(latin1(`${'\0'.repeat(1100)}%PDF-1.7`))).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['', 'utf-8'],
    ['plain', 'utf-8'],
    ['Ключ доступа\r\n\tчерез\u001b[1mжирный', 'utf-8'],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'utf-8'],
    ['<!doctype html><script>alert(1)</script>', 'utf-8'],
  ])('is text that nothing runs: %j', (content, encoding) => {
    expect(kindOfFile(Buffer.from(content))).toEqual({ kind: 'text', encoding });
  });

  it('is text in either order of UTF-16 with its mark', () => {
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('текст', 'utf16le')]);
    expect(kindOfFile(little)).toEqual({ kind: 'text', encoding: 'utf-16le' });
    const big = Buffer.from(little).swap16();
    expect(kindOfFile(big)).toEqual({ kind: 'text', encoding: 'utf-16be' });
  });

  it.each([
    ['bytes that are no UTF-8', latin1('caf\xe9')],
    ['a null among letters', latin1('text\0text')],
    ['a program', latin1('MZ\x90\0\x03\0\0')],
    ['a bitmap that lies about its length', bitmap(60, 61)],
    ['an archive', latin1('PK\x03\x04\x14\0')],
  ])('is unknown for %s', (_name, file) => {
    expect(kindOfFile(file)).toEqual({ kind: 'unknown' });
  });

  it('is told for any bytes, of any view of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (content, before) => {
        const shifted = Buffer.concat([Buffer.alloc(before), content]).subarray(before);
        expect(kindOfFile(shifted)).toEqual(kindOfFile(content));
      }),
    );
  });
});
