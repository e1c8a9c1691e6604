/** What the page asks the server. It sends the hash of the code, never the code, and no cookie. */

/** A refusal, by its status; 0 when no answer came. */
export class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`refused with ${String(status)}`);
    this.name = 'Refused';
    this.status = status;
  }
}

/**
 * @typedef {object} LinkFacts
 * @property {'single_use' | 'reusable'} type
 * @property {number | null} expiresAt Unix seconds.
 * @property {boolean} isEncrypted
 */

/**
 * @param {string} path
 * @param {object | null} body
 */
async function ask(path, body) {
  // Relative to the page, so that a server behind a path of a proxy is found as well.
  const address = new URL(`../../api/v1/links/public/${path}`, document.location.href);
  address.hash = '';
  /** @type {RequestInit} */
  const options = {
    ...{ credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error' },
    headers: { 'X-Response-Format': 'raw', ...(body === null ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === null ? {} : { method: 'POST', body: JSON.stringify(body) }),
  };
  const answer = await fetch(address, options).catch(() => {
    // The browser does not tell a page why.
    throw new Refused(0);
  });
  if (!answer.ok) throw new Refused(answer.status);
  return answer;
}

/** The hash of a code, as the server compares it; null without client-side encryption. @param {string | null} code */
export async function hashOf(code) {
  if (code === null) return null;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the link can be opened; counts nothing. @param {string} token @returns {Promise<LinkFacts>} */
export async function askFacts(token) {
  return (await ask(token, null)).json();
}

/**
 * Opens the link, which counts as a view.
 *
 * @param {string} token
 * @param {string | null} keyHash
 * @returns {Promise<unknown>}
 */
export async function askData(token, keyHash) {
  /** @type {{ itemData?: unknown }} */
  const { itemData } = await (await ask(token, { keyHash })).json();
  return itemData;
}

/**
 * @param {string} token
 * @param {string | null} keyHash
 * @param {string} fileId
 * @returns {import('./files.js').FileSource}
 */
export function fileSource(token, keyHash, fileId) {
  const path = `${token}/attachments/${encodeURIComponent(fileId)}`;
  return {
    content: async () => (await ask(path, { keyHash })).json(),
    part: async (number) => {
      const answer = await ask(`${path}/parts/${String(number)}`, { keyHash });
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
