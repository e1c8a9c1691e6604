/**
 * JSON from a server that may be hostile: bounds before the parser runs, and no key that
 * could reach a prototype after it.
 *
 * Large answers are worked through in several steps of the event loop, since the window's
 * messages pass through the same thread.
 */
import { isUtf8 } from 'node:buffer';
import { StrongroomError } from '../../contract/index.ts';
import { ownTurn } from './turns.ts';

/** Deeper than any answer of the protocol by far. */
const maxDepth = 48;
/** Members and elements of one answer, all levels together. */
const maxMembers = 4_000_000;
/** From this size on parsing has a turn of its own, and from the next one on each of its steps. */
const ownTurnFrom = 32 * 1024;
const spreadFrom = 256 * 1024;

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses bytes as strict JSON.
 * @throws StrongroomError `badAnswer` with reason `utf8`, `depth`, `members`, `json` or `key`.
 */
export async function parseJson(bytes: Buffer): Promise<unknown> {
  const spread = bytes.length >= spreadFrom;
  if (bytes.length >= ownTurnFrom) await ownTurn();
  if (!isUtf8(bytes)) throw badAnswer('utf8');
  checkBounds(bytes);
  if (spread) await ownTurn();
  const value = parseText(bytes.toString('utf8'));
  if (spread) await ownTurn();
  refuseForbiddenKeys(value);
  return value;
}

function badAnswer(reason: string): StrongroomError {
  return new StrongroomError('badAnswer', { reason });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold anything: it is not kept.
    throw badAnswer('json');
  }
}

function checkBounds(bytes: Buffer): void {
  let depth = 0;
  let members = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case 0x22: // "
        at = endOfString(bytes, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > maxDepth) throw badAnswer('depth');
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        break;
      case 0x2c: // ,
        if (++members > maxMembers) throw badAnswer('members');
    }
  }
}

/** Index of the quote that closes the string opened at `start`, or the end of the bytes. */
function endOfString(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(0x22, start + 1); quote >= 0; quote = bytes.indexOf(0x22, quote + 1)) {
    let before = quote;
    while (bytes[before - 1] === 0x5c) before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return bytes.length;
}

function refuseForbiddenKeys(root: unknown): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const element of value) if (typeof element === 'object') open.push(element);
      continue;
    }
    for (const [key, member] of Object.entries(value)) {
      if (forbiddenKeys.has(key)) throw badAnswer('key');
      if (typeof member === 'object') open.push(member);
    }
  }
}

/**
 * A JSON text made of pieces, with secrets that were never a JavaScript string: `bytes` is
 * UTF-8 and comes out as a JSON string literal, in a buffer the caller can wipe.
 */
export function jsonStringOf(bytes: Uint8Array): Buffer {
  const escaped = Buffer.alloc(bytes.length * 6 + 2);
  let length = escaped.write('"', 0);
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) length += escaped.write('\\', length);
    if (byte < 0x20) length += escaped.write(`\\u00${byte.toString(16).padStart(2, '0')}`, length);
    else escaped[length++] = byte;
  }
  length += escaped.write('"', length);
  const literal = Buffer.from(escaped.subarray(0, length));
  escaped.fill(0);
  return literal;
}
