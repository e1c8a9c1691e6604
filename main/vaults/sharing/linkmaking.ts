/**
 * Making external links (Passwork 7 protocol, "External link"): the record's data encrypted again
 * under a code that only the address carries, in the part that browsers keep to themselves.
 *
 * The code is also kept, under the record's key and with the server, as the protocol has it. So
 * whoever can read the record can make the whole address again, on any device, and nothing of it
 * has to be kept here.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { LinkKind, LinkLife } from '../../../contract/sharing.ts';
import {
  asRecordKey,
  generateLinkCode,
  linkKeyHash,
  openLinkCode,
  reencryptForLink,
  sealLinkCode,
  wipe,
} from '../../keychain/index.ts';
import type { LinkItemData, RecordKey } from '../../keychain/index.ts';
import { createLink } from '../../remote/index.ts';
import type { RemoteLink } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { withProvenKey } from './ownkey.ts';
import type { OwnedRecord } from './ownkey.ts';

export interface LinkWish {
  readonly kind: LinkKind;
  readonly life: LinkLife;
  readonly files: boolean;
}

/** A link that was made; `url` is the whole address and a secret. */
export interface MadeLink {
  readonly id: string | null;
  readonly address: string;
  readonly url: string;
}

/** Makes a link to a record that the server has. Throws `undecipherable`, and as `createLink`. */
export async function makeLink(
  account: OpenAccount,
  record: OwnedRecord,
  { kind, life, files }: LinkWish,
): Promise<MadeLink> {
  const wish = { itemId: record.itemServerId, type: kind, expirationTime: life } as const;
  const code = account.mode === 'none' ? null : generateLinkCode();
  try {
    const sealed = withProvenKey(account, record, (key) => {
      const itemData = linkData(record, files);
      if (key === null || code === null) return { itemData, keyHash: null, keyEncrypted: null };
      return {
        itemData: reencryptForLink(itemData, key, code),
        keyHash: linkKeyHash(code),
        keyEncrypted: sealLinkCode(code, key),
      };
    });
    const { id, url } = await createLink(account.client, { ...wish, ...sealed });
    return { id, address: url, url: code === null ? url : withCode(url, code) };
  } finally {
    if (code !== null) wipe(code);
  }
}

/** What a link carries, member by member, so that nothing else of the record gets into it. */
function linkData(record: OwnedRecord, files: boolean): LinkItemData {
  const { name, login, urls, description, passwordEncrypted, customs, attachments } = record;
  return {
    ...{ name, login, url: urls[0] ?? '', description, passwordEncrypted },
    customs: customs.map((field) => ({ name: field.name, value: field.value, type: field.type })),
    ...(files ? { attachments: attachments.map(linkedFile) } : {}),
  };
}

function linkedFile({ serverId, name, encryptedKey }: OwnedRecord['attachments'][number]): {
  id: string;
  name: string;
  encryptedKey: string;
} {
  if (serverId === null) throw new StrongroomError('notArrived');
  return { id: serverId, name, encryptedKey };
}

/**
 * The whole address of a link that was made before, with its code. A server could state the password
 * of the record in the place of the code, which is sealed alike, beside an address of its own; it
 * cannot state the hash of what it does not know.
 * Throws `undecipherable`; `tampered` if what opens is not the code.
 */
export function wholeAddress(
  { url, keyEncrypted, keyHash }: Pick<RemoteLink, 'url' | 'keyEncrypted' | 'keyHash'>,
  key: RecordKey | null,
): string {
  if (key === null) return url;
  if (keyEncrypted === null) throw new StrongroomError('undecipherable');
  const code = openLinkCode(keyEncrypted, asRecordKey(key));
  try {
    if (linkKeyHash(code) !== keyHash) throw new StrongroomError('tampered');
    return withCode(url, code);
  } finally {
    wipe(code);
  }
}

/** Codes of other clients may be of any length, but are letters, digits and marks. */
const codeForm = /^[\x21-\x7e]{16,1024}$/;

function withCode(address: string, code: Uint8Array): string {
  const text = Buffer.from(code.buffer, code.byteOffset, code.byteLength).toString('latin1');
  if (!codeForm.test(text)) throw new StrongroomError('undecipherable');
  return `${address}#code=${text}`;
}
