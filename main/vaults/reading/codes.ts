/**
 * The secret of one-time codes as a QR code, and looking at the screen for one. The picture is
 * drawn from modules by the page, so that no image file and no URL ever holds the secret.
 */
import qrcode from 'qrcode';
import type { Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { FieldRef } from '../../../contract/records.ts';
import { parseTotp, wipe } from '../../keychain/index.ts';
import type { Records } from './records.ts';

/** The screens of this computer. */
export interface ScreenPort {
  readonly available: () => boolean;
  /** Each screen as a PNG. */
  readonly pictures: () => Promise<readonly Uint8Array[]>;
}

export interface CodesOptions {
  readonly records: Records;
  readonly screen: ScreenPort;
  readonly hideAfterMs: () => number;
}

export class Codes {
  readonly #options: CodesOptions;

  constructor(options: CodesOptions) {
    this.#options = options;
  }

  /** Throws as `Records.secret`, and `badTotp` for a secret that makes no codes. */
  showQr(recordId: string, field: FieldRef): Output<'codes', 'showQr'> {
    const { records, hideAfterMs } = this.#options;
    const secret = records.secret(recordId, field);
    const { name, login } = records.stored(recordId);
    try {
      const address = addressBytes(secret, name, login);
      try {
        const drawn = drawQr(address);
        records.noteRead(recordId, 'revealed');
        return { ...drawn, hidesAfterMs: hideAfterMs() };
      } finally {
        wipe(address);
      }
    } finally {
      wipe(secret);
    }
  }

  canLook(): { available: boolean } {
    return { available: this.#options.screen.available() };
  }

  /** Throws `forbidden` where the system refuses. */
  async lookAtScreens(): Promise<Output<'codes', 'lookAtScreens'>> {
    const { screen } = this.#options;
    if (!screen.available()) throw new StrongroomError('forbidden');
    return { pictures: (await screen.pictures()).map((png) => Uint8Array.from(png)) };
  }
}

/**
 * The `otpauth` address of a stored secret: as it stands if it is one, else made of it with the
 * name and login for a label. Bytes, so that it can be wiped. Throws `badTotp`.
 */
export function addressBytes(secret: Uint8Array, name: string, login: string): Buffer {
  const parameters = parseTotp(secret);
  wipe(parameters.secret);
  const text = Buffer.from(secret);
  const trimmed = text.toString('latin1').trim();
  if (/^otpauth:/i.test(trimmed)) return text;
  wipe(text);
  const label = [name, login].filter(Boolean).map(encodeURIComponent).join(':') || 'Strongroom';
  const issuer = name === '' ? '' : `&issuer=${encodeURIComponent(name)}`;
  const letters = trimmed.toUpperCase().replace(/[\s=-]/g, '');
  return Buffer.from(`otpauth://totp/${label}?secret=${letters}${issuer}`, 'utf8');
}

/** Modules of a QR code of these bytes. Throws `badTotp` for more than the largest holds. */
export function drawQr(bytes: Uint8Array): { size: number; modules: string } {
  try {
    const { modules } = qrcode.create([{ data: bytes, mode: 'byte' }], { errorCorrectionLevel: 'M' });
    return { size: modules.size, modules: Array.from(modules.data, (dark) => (dark ? '1' : '0')).join('') };
  } catch (error) {
    // More than the largest QR code holds.
    throw new StrongroomError('badTotp', { reason: 'tooLong' }, { cause: error });
  }
}
