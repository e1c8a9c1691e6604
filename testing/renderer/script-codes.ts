/** The scripted codes: a QR code of a secret that nobody has, and a screen with nothing on it. */
import qrcode from 'qrcode';
import type { Handlers } from './scripted.ts';

export function scriptCodes(): Pick<Handlers, 'codes'> {
  return {
    codes: {
      showQr: () => {
        const { modules } = qrcode.create('otpauth://totp/Sample?secret=JBSWY3DPEHPK3PXP', {});
        return {
          size: modules.size,
          modules: Array.from(modules.data, (dark) => (dark ? '1' : '0')).join(''),
          hidesAfterMs: 30_000,
        };
      },
      canLook: () => ({ available: true }),
      lookAtScreens: () => ({ pictures: [] }),
    },
  };
}
