/** What to tell of a QR code that was not found: of a picture, or of a region of a screen. */
import { useI18n } from 'vue-i18n';
import type { Failure } from '../../../contract/index.ts';
import { useFormat } from '../../app/format.ts';

const ofPicture = ['none', 'other', 'unreadable', 'tooLarge', 'noScreen'] as const;
const ofRegion = ['none', 'other', 'several'] as const;

/** A sentence in the person's language. */
export function useCodeFailure(): (failure: Failure, place: 'picture' | 'region') => string {
  const { t } = useI18n();
  const format = useFormat();
  return (failure, place) => {
    const reason = failure.code === 'noQrCode' ? failure.params['reason'] : undefined;
    const inRegion = ofRegion.find((name) => name === reason);
    if (place === 'region' && inRegion) return t(`codes.region.found.${inRegion}`);
    const inPicture = ofPicture.find((name) => name === reason);
    return inPicture ? t(`codes.qr.${inPicture}`) : format.failure(failure);
  };
}
