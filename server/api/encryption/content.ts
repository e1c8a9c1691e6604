/** Secret content that takes the place of another: it must have the form of the mode to come, and be as much. */
import { z } from 'zod';
import type { ItemContent } from '../../storage/items.ts';
import type { SecretContent } from '../../storage/secrets.ts';
import { withSecrets } from '../../storage/secrets.ts';
import { invalid } from '../errors.ts';
import { checkForm, customField, mostAttachments } from '../itembody.ts';
import { objectId, shortCipherText } from '../schemas.ts';

/** A keyed hash of the secrets as they stand, as clients are told it and say it again. */
export const contentState = z.string().regex(/^[0-9a-f]{64}$/);

/** The secret members of a record or of a former state, its key aside. */
export const secretMembers = {
  passwordEncrypted: shortCipherText.nullable(),
  customs: z.array(customField).max(500),
  attachments: z
    .array(z.object({ id: objectId, encryptedKey: z.string().min(1).max(10_000) }))
    .max(mostAttachments),
};

const idsOf = (entries: readonly { id: string }[]): string =>
  entries
    .map(({ id }) => id)
    .toSorted()
    .join(' ');

/**
 * Refuses secrets that do not have the form of a mode, or are not as many as those that they replace:
 * nothing may be set where nothing was, and nothing may be lost.
 */
export function checkReplacement(
  clientSideEncryption: boolean,
  former: ItemContent,
  { keyEncrypted, passwordEncrypted, customs, attachments }: SecretContent,
): void {
  const secrets = {
    ...{ keyEncrypted: keyEncrypted || null, passwordEncrypted: passwordEncrypted || null },
    ...{ customs, attachments },
  };
  const isAsMuch =
    (former.passwordEncrypted === null) === (secrets.passwordEncrypted === null) &&
    former.customs.length === customs.length &&
    idsOf(former.attachments) === idsOf(attachments);
  if (!isAsMuch) throw invalid('contentMismatch', 'objects', 'The content is not that of the object.');
  const sent = {
    ...secrets,
    attachments: attachments.map(({ encryptedKey }) => ({ name: '', encryptedKey })),
  };
  checkForm(clientSideEncryption, sent, withSecrets(former, secrets));
  if (clientSideEncryption && customs.length + attachments.length > 0 && !keyEncrypted) {
    throw invalid('keyRequired', 'keyEncrypted', 'A record with secrets needs its record key.');
  }
}
