/**
 * Pictures of the screens, for finding a QR code that another program shows. Our own window is
 * kept out of them by its content protection, where the system has one.
 */
import { desktopCapturer, screen, systemPreferences } from 'electron';

export interface ScreenPictures {
  readonly available: () => boolean;
  readonly pictures: () => Promise<readonly Uint8Array[]>;
}

/** `isElectron` is false on the development stand-in, which has no screen. */
export function screenPictures(isElectron: () => boolean): ScreenPictures {
  return {
    available: () =>
      isElectron() &&
      (process.platform !== 'darwin' ||
        !['denied', 'restricted'].includes(systemPreferences.getMediaAccessStatus('screen'))),
    pictures: async () => {
      const displays = screen.getAllDisplays();
      const width = Math.max(...displays.map(({ size, scaleFactor }) => size.width * scaleFactor));
      const height = Math.max(...displays.map(({ size, scaleFactor }) => size.height * scaleFactor));
      const thumbnailSize = { width: Math.round(width), height: Math.round(height) };
      const sources = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize });
      return sources
        .filter(({ thumbnail }) => !thumbnail.isEmpty())
        .map(({ thumbnail }) => thumbnail.toPNG());
    },
  };
}
