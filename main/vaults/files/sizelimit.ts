/** How large a file may be that is attached, decided before anything of it is read. */
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';
import { partsOffer } from '../../remote/index.ts';

/**
 * Bytes of the largest file that the server of a connection takes, by the features that it announced:
 * the protocol's limit, unless it takes larger ones in parts.
 */
export function fileSizeLimit(features: ReadonlySet<string>): number {
  return Math.max(PROTOCOL_ATTACHMENT_LIMIT, partsOffer(features)?.largestFile ?? 0);
}
