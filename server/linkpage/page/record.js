/**
 * A record as a link carries it: read member by member, opened with the code of the address. Without
 * client-side encryption there is no code, and what would be in envelopes is in base64.
 */
import { asText, fromBase64, openText } from './envelope.js';

/**
 * @typedef {object} SharedField
 * @property {string} name
 * @property {'text' | 'password' | 'totp'} type
 * @property {string} value
 *
 * @typedef {object} SharedFile
 * @property {string} id
 * @property {string} name
 * @property {string} encryptedKey
 *
 * @typedef {object} SharedRecord
 * @property {string} name
 * @property {string} login
 * @property {string} url
 * @property {string} description
 * @property {string | null} password
 * @property {readonly SharedField[]} fields
 * @property {readonly SharedFile[]} files
 */

/** @param {unknown} value @returns {Record<string, unknown>} */
const members = (value) =>
  typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');
/** @param {unknown} value @returns {readonly unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/**
 * Opens what the server gave; `code` is null without client-side encryption. Throws `Unreadable`.
 *
 * @param {unknown} itemData
 * @param {string | null} code
 * @returns {Promise<SharedRecord>}
 */
export async function openRecord(itemData, code) {
  const { name, login, url, description, passwordEncrypted, customs, attachments } = members(itemData);
  /** @param {unknown} wire */
  const open = async (wire) => {
    if (text(wire) === '') return '';
    return code === null ? asText(fromBase64(text(wire))) : openText(text(wire), code);
  };
  const fields = [];
  for (const field of list(customs).map(members)) {
    const type = await open(field['type']);
    fields.push({
      name: await open(field['name']),
      type: shownType(type),
      value: await open(field['value']),
    });
  }
  return {
    ...{ name: text(name), login: text(login), url: text(url), description: text(description), fields },
    password: text(passwordEncrypted) === '' ? null : await open(passwordEncrypted),
    files: list(attachments).map((entry) => {
      const file = members(entry);
      return { id: text(file['id']), name: text(file['name']), encryptedKey: text(file['encryptedKey']) };
    }),
  };
}

/**
 * What is of a later protocol is hidden as a password is.
 *
 * @param {string} type
 * @returns {SharedField['type']}
 */
function shownType(type) {
  return type === 'text' || type === 'totp' ? type : 'password';
}
