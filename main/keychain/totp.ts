/**
 * One-time codes (RFC 6238) from the value of a custom field of type `totp` ("Passwork 7 protocol",
 * items and custom fields): a bare base32 secret or an otpauth URI, with SHA-1, 6 digits and 30
 * seconds unless the URI says otherwise.
 *
 * Forgiving about how people write a secret (spaces, dashes, case, padding), strict about
 * everything else: a server may serve another field's ciphertext as the TOTP one, and a value that
 * is no secret must not quietly make codes.
 */
import { Secret, TOTP } from 'otpauth';
import { KeychainError } from './error.ts';

/** HMAC of the codes. */
export type TotpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512';

/** What codes are made of. */
export interface TotpParameters {
  /** The decoded secret; the caller may wipe it. */
  readonly secret: Buffer;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  /** Seconds that one code lives. */
  readonly period: number;
}

/** A code and how long it stays valid. */
export interface TotpCode {
  /** Decimal digits, leading zeros included. */
  readonly code: string;
  /** Seconds that one code lives. */
  readonly period: number;
  /** Milliseconds until the next code, from 1 up to the whole period. */
  readonly remainingMs: number;
}

const algorithms: Readonly<Record<string, TotpAlgorithm>> = {
  SHA1: 'SHA1',
  SHA256: 'SHA256',
  SHA512: 'SHA512',
};

function badTotp(reason: string): KeychainError {
  return new KeychainError('badTotp', { reason });
}

/**
 * Reads a secret or an `otpauth://totp/` URI, given as text or as UTF-8 bytes. Throws `badTotp`
 * with a `reason` that quotes nothing.
 */
export function parseTotp(text: Uint8Array | string): TotpParameters {
  const trimmed = (typeof text === 'string' ? text : Buffer.from(text).toString('utf8')).trim();
  if (/^otpauth:/i.test(trimmed)) return parseUri(trimmed);
  return { secret: parseSecret(trimmed), algorithm: 'SHA1', digits: 6, period: 30 };
}

/** Groups of letters with one dash or some space between them; dashes around it are a PEM's. */
const secretShape = /^[A-Z2-7]+(?:(?:\s+|-)[A-Z2-7]+)*=*$/;

function parseSecret(text: string): Buffer {
  const upper = text.trim().toUpperCase();
  const letters = upper.replace(/[\s=-]/g, '');
  if (!secretShape.test(upper) || letters.length < 2) throw badTotp('secret');
  return Buffer.from(Secret.fromBase32(letters).bytes);
}

function parseUri(text: string): TotpParameters {
  if (!URL.canParse(text)) throw badTotp('uri');
  const uri = new URL(text);
  if (uri.host.toLowerCase() !== 'totp') throw badTotp('type');
  const given = uri.searchParams;
  const algorithm = algorithms[(given.get('algorithm') ?? 'SHA1').toUpperCase().replace('-', '')];
  if (algorithm === undefined) throw badTotp('algorithm');
  return {
    secret: parseSecret(given.get('secret') ?? ''),
    algorithm,
    digits: wholeNumber(given.get('digits'), 6, 1, 10, 'digits'),
    period: wholeNumber(given.get('period'), 30, 1, 86_400, 'period'),
  };
}

function wholeNumber(
  text: string | null,
  absent: number,
  least: number,
  most: number,
  reason: string,
): number {
  if (text === null) return absent;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < least || value > most) throw badTotp(reason);
  return value;
}

/** The code that is valid at `atMs`, milliseconds since 1970. */
export function totpCode(parameters: TotpParameters, atMs: number): TotpCode {
  const { algorithm, digits, period } = parameters;
  const bytes = Uint8Array.from(parameters.secret);
  const secret = new Secret({ buffer: bytes.buffer });
  const code = TOTP.generate({ secret, algorithm, digits, period, timestamp: atMs });
  bytes.fill(0);
  const periodMs = period * 1000;
  return { code, period, remainingMs: periodMs - (((atMs % periodMs) + periodMs) % periodMs) };
}
