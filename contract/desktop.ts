/** What the window needs to know of the application around it. */
import { z } from 'zod';
import { channel, nothing } from './channel.ts';

export const desktop = {
  about: channel(
    nothing,
    z.strictObject({
      version: z.string(),
      platform: z.enum(['linux', 'darwin', 'win32']),
      /** BCP 47 tag of the system's language. */
      systemLocale: z.string(),
      /** False for the development stand-in, which the window must then say. */
      isElectron: z.boolean(),
      devicePlatformProtection: z.enum(['available', 'none']),
    }),
    { needs: 'anytime' },
  ),
};
