/** Files to look into: each is made here, so that what it shows is known. */
import type { FilePreview } from '../../contract/files.ts';

const ascii = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A picture of two colours that run into each other, without compression (BMP of 24 bits). */
export function sampleBitmap(width: number, height: number): Uint8Array<ArrayBuffer> {
  const headers = 54;
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = new Uint8Array(headers + row * height);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii('BM'));
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, headers, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      bytes.set([90, (255 * x) / width, (255 * y) / height], headers + y * row + x * 3);
    }
  }
  return bytes;
}

/** A PDF of A5 pages with one line of text each, in a font that every reader has. */
export function samplePdf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const kids = lines.map((_line, index) => `${String(4 + index * 2)} 0 R`).join(' ');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${String(lines.length)} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...lines.flatMap((line, index) => {
      const drawing = `BT /F1 22 Tf 40 520 Td (${line}) Tj ET\n0.54 0.35 0.07 rg 40 500 340 3 re f`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 3 0 R >> >> /Contents ${String(5 + index * 2)} 0 R >>`,
        `<< /Length ${String(drawing.length)} >>\nstream\n${drawing}\nendstream`,
      ];
    }),
  ];
  let text = '%PDF-1.7\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${String(index + 1)} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = String(objects.length + 1);
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${String(text.length)}\n%%EOF\n`;
  return ascii(`${text}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`);
}

const line = '2026-11-20 03:12:44.018 UTC [1872] LOG: checkpoint complete: wrote 4096 buffers (25.0%)\n';

/** What the main process would make of a file of this name in the sample. */
export function samplePreview(name: string): FilePreview {
  if (name.endsWith('.bmp')) {
    return { kind: 'image', name, type: 'image/bmp', bytes: sampleBitmap(1400, 900) };
  }
  if (name.endsWith('.pdf')) {
    return { kind: 'pdf', name, bytes: samplePdf(['Recovery procedure', 'Call the on-call engineer']) };
  }
  if (name.endsWith('.log')) return { kind: 'text', name, bytes: ascii(line.repeat(13_000)) };
  if (name.endsWith('.bin')) return { kind: 'none', name, why: 'unknownType', size: 94_208 };
  if (name.endsWith('.gz')) return { kind: 'none', name, why: 'tooLarge', size: 48_234_496 };
  return {
    kind: 'text',
    name,
    bytes: ascii('host = db-01.corp.example\nport = 5432\n\nsslmode = verify-full\n'),
  };
}
