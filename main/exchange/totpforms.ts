/**
 * One-time codes in the forms that other programs keep: KeePassXC's `otp` address, KeePass 2's
 * `TimeOtp-*` fields, the older `TOTP Seed` and `TOTP Settings` pair.
 */
import { KeychainError, parseTotp, wipe } from '../keychain/index.ts';

/** Fields of an entry by name, as text. */
type Fields = ReadonlyMap<string, { readonly value: string }>;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const timeOtpSecrets = [
  'TimeOtp-Secret-Base32',
  'TimeOtp-Secret-Hex',
  'TimeOtp-Secret-Base64',
  'TimeOtp-Secret',
];

/** Names of fields that are part of a one-time code and not fields of their own. */
export const totpKeys: ReadonlySet<string> = new Set([
  'otp',
  ...timeOtpSecrets,
  'TimeOtp-Length',
  'TimeOtp-Period',
  'TimeOtp-Algorithm',
  'TOTP Seed',
  'TOTP Settings',
]);

/** The code of an entry as an otpauth address or a bare secret; null where it has none. */
export function totpOf(fields: Fields): string | null {
  const otp = fields.get('otp')?.value.trim();
  if (otp) return otp.startsWith('key=') ? new URLSearchParams(otp).get('key') : otp;
  const timed = timeOtp(fields);
  if (timed !== null) return timed;
  const seed = fields.get('TOTP Seed')?.value.trim();
  if (!seed) return null;
  const [period, digits] = (fields.get('TOTP Settings')?.value ?? '').split(';');
  return uriOf(seed.replaceAll(' ', ''), { period, digits, algorithm: undefined });
}

function timeOtp(fields: Fields): string | null {
  const [key] = timeOtpSecrets.filter((name) => fields.has(name));
  const value = key === undefined ? undefined : fields.get(key)?.value.trim();
  if (!key || !value) return null;
  const secret = key.endsWith('Base32')
    ? value.replaceAll(/[\s=-]/gu, '').toUpperCase()
    : base32Of(Buffer.from(value, key.endsWith('Hex') ? 'hex' : key.endsWith('64') ? 'base64' : 'utf8'));
  return uriOf(secret, {
    period: fields.get('TimeOtp-Period')?.value,
    digits: fields.get('TimeOtp-Length')?.value,
    algorithm: fields
      .get('TimeOtp-Algorithm')
      ?.value.replace(/^HMAC-/u, '')
      .replaceAll('-', ''),
  });
}

function base32Of(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/gu) ?? [];
  return groups.map((group) => base32[parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}

interface Particulars {
  readonly period: string | undefined;
  readonly digits: string | undefined;
  readonly algorithm: string | undefined;
}

/** The bare secret where everything else is as usual. */
function uriOf(secret: string, { period, digits, algorithm }: Particulars): string {
  const told = new URLSearchParams({ secret });
  if (period && period !== '30') told.set('period', period);
  if (digits && digits !== '6') told.set('digits', digits);
  if (algorithm && algorithm !== 'SHA1') told.set('algorithm', algorithm);
  return [...told].length === 1 ? secret : `otpauth://totp/code?${told.toString()}`;
}

/** A secret or address as an address, or null for what makes no codes. */
export function totpUri(value: string, { name, login }: { name: string; login: string }): string | null {
  try {
    wipe(parseTotp(value).secret);
  } catch (error) {
    if (error instanceof KeychainError) return null;
    throw error;
  }
  if (/^\s*otpauth:/iu.test(value)) return value;
  const label = [name || 'code', login].filter(Boolean).map(encodeURIComponent).join(':');
  return `otpauth://totp/${label}?${new URLSearchParams({ secret: value }).toString()}`;
}
