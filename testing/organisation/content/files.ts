/** Small files for attachments, made in code: text, PEM and PNG. */
import { crc32, deflateSync } from 'node:zlib';
import type { AttachmentDraft } from '../drafts.ts';
import type { Choices } from '../random.ts';

/** One-time codes as services hand them out for printing. */
export function recoveryCodes(choices: Choices, service: string): AttachmentDraft {
  const codes = Array.from({ length: 10 }, () => {
    const code = choices.text(10, '0123456789abcdef');
    return `${code.slice(0, 5)}-${code.slice(5)}`;
  });
  const text = `Recovery codes — ${service}\nEach code works once.\n\n${codes.join('\n')}\n`;
  return { name: 'recovery-codes.txt', bytes: Buffer.from(text, 'utf8') };
}

/** Something in the form of a PEM certificate; its content is random and certifies nothing. */
export function certificate(choices: Choices, host: string): AttachmentDraft {
  const lines =
    choices
      .bytes(720)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const text = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { name: `${host}.pem`, bytes: Buffer.from(text, 'ascii') };
}

/** The configuration of a network device or service. */
export function configuration(choices: Choices, host: string): AttachmentDraft {
  const text = [
    `hostname ${host}`,
    `snmp-server community ${choices.text(12, 'abcdefghijkmnpqrstuvwxyz23456789')} ro`,
    `enable secret ${choices.password()}`,
    `# Резервная копия снята автоматически`,
    '',
  ].join('\n');
  return { name: `${host}.conf`, bytes: Buffer.from(text, 'utf8') };
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A real PNG image of 48 by 48 pixels in a random two-colour pattern, such as a scanned code card. */
export function picture(choices: Choices, name: string): AttachmentDraft {
  const size = 48;
  const rows = Buffer.alloc(size * (size + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) rows[y * (size + 1) + 1 + x] = choices.oneIn(2) ? 0xf0 : 0x20;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // Eight bits a pixel, grey.
  header[8] = 8;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ];
  return { name, bytes: Buffer.concat([signature, ...chunks]) };
}
