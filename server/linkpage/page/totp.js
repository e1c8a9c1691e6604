/** One-time codes (RFC 6238) from a base32 secret or an `otpauth://totp/` address. */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const hashes = new Map([
  ['SHA1', 'SHA-1'],
  ['SHA256', 'SHA-256'],
  ['SHA512', 'SHA-512'],
]);

/**
 * @typedef {object} Totp
 * @property {Uint8Array<ArrayBuffer>} secret
 * @property {string} hash
 * @property {number} digits
 * @property {number} period Seconds.
 */

/**
 * Null for what makes no codes.
 *
 * @param {string} text
 * @returns {Totp | null}
 */
export function readTotp(text) {
  const trimmed = text.trim();
  if (!/^otpauth:/i.test(trimmed)) return withSecret(trimmed, 'SHA-1', 6, 30);
  if (!URL.canParse(trimmed)) return null;
  const address = new URL(trimmed);
  // Some browsers read an unknown scheme without a host.
  const isTotp = address.host.toLowerCase() === 'totp' || /^\/\/totp\//i.test(address.pathname);
  const given = address.searchParams;
  const hash = hashes.get((given.get('algorithm') ?? 'SHA1').toUpperCase().replace('-', ''));
  const digits = whole(given.get('digits'), 6, 10);
  const period = whole(given.get('period'), 30, 86_400);
  if (!isTotp || hash === undefined || digits === null || period === null) return null;
  return withSecret(given.get('secret') ?? '', hash, digits, period);
}

/**
 * @param {string | null} text
 * @param {number} absent
 * @param {number} most
 */
function whole(text, absent, most) {
  if (text === null) return absent;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return value < 1 || value > most ? null : value;
}

/**
 * @param {string} text
 * @param {string} hash
 * @param {number} digits
 * @param {number} period
 * @returns {Totp | null}
 */
function withSecret(text, hash, digits, period) {
  const kept = text.toUpperCase().replace(/[\s=-]/g, '');
  if (kept.length < 2 || !/^[A-Z2-7]+$/.test(kept)) return null;
  const bits = [...kept].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  return { secret: Uint8Array.from(bytes), hash, digits, period };
}

/**
 * The code at a time in milliseconds, and how long it lives still.
 *
 * @param {Totp} totp
 * @param {number} at
 */
export async function codeAt({ secret, hash, digits, period }, at) {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 1000 / period)));
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign']);
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter));
  const offset = mac.getUint8(mac.byteLength - 1) & 15;
  const number = (mac.getUint32(offset) & 0x7fffffff) % 10 ** digits;
  const periodMs = period * 1000;
  return { code: String(number).padStart(digits, '0'), remainingMs: periodMs - (at % periodMs) };
}
