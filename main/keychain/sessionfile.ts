/**
 * The session file of the official connector ("Passwork 7 protocol", session file), for exchange
 * with its command line only: base64 of an envelope of a JSON text with both tokens and the master
 * key, under a key text that its user keeps.
 *
 * JSON forces the values through strings, which cannot be wiped. Nothing else in the key chain does
 * that; this file is read and written only when its user asks for an exchange.
 */
import { isAscii } from 'node:buffer';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';
import { openEnvelopeText, sealEnvelope } from './envelope.ts';
import { undecipherable } from './error.ts';
import { asMasterKey, type MasterKey } from './keys.ts';
import { wipe } from './secrets.ts';

/** What the file holds; all of it secret. No master key: an account without client-side encryption. */
export interface ConnectorSession {
  readonly accessToken: Buffer;
  readonly refreshToken: Buffer;
  readonly masterKey?: MasterKey;
}

/** A JSON string in ASCII, as the connector's own writer spells it. */
function jsonString(text: Buffer): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.toString('utf8')).replace(/[\u007f-\uffff]/g, escape);
}

/** The file's text, in the connector's member order and spacing. Throws `emptyKey`. */
export function encodeSessionFile(session: ConnectorSession, key: Uint8Array, salt?: Uint8Array): string {
  const members = [
    `"access_token": ${jsonString(session.accessToken)}`,
    `"refresh_token": ${jsonString(session.refreshToken)}`,
    `"master_key": ${session.masterKey === undefined ? 'null' : jsonString(session.masterKey)}`,
  ];
  const text = Buffer.from(`{${members.join(', ')}}`, 'latin1');
  const wire = sealEnvelope(text, key, salt);
  wipe(text);
  return encodeBase64(Buffer.from(wire, 'latin1')).toString('latin1');
}

/** Reads a session file; space around it does not matter. Throws `undecipherable` or `emptyKey`. */
export function decodeSessionFile(file: string, key: Uint8Array): ConnectorSession {
  const wire = decodeBase64Strict(file.trim());
  if (!isAscii(wire)) throw undecipherable();
  const text = openEnvelopeText(wire.toString('latin1'), key);
  const members = parseObject(text);
  wipe(text);
  const masterKey = members['master_key'];
  const session = {
    accessToken: textMember(members['access_token']),
    refreshToken: textMember(members['refresh_token']),
  };
  if (masterKey === null || masterKey === undefined || masterKey === '') return session;
  return { ...session, masterKey: asMasterKey(textMember(masterKey)) };
}

function parseObject(text: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch {
    // The parser's own message quotes what it read, which is secret: the one error stands for it.
  }
  throw undecipherable();
}

function textMember(value: unknown): Buffer {
  if (typeof value !== 'string') throw undecipherable();
  return Buffer.from(value, 'utf8');
}
