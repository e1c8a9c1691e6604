/**
 * A second reading of external links: opens one by its whole address as the receiver's browser does.
 * Written from the Passwork 7 protocol ("External link", "Crypto formats") and the server's API with
 * Node's own cryptography; shares no line with the application or with the page.
 */
import { createHash } from 'node:crypto';
import { open } from './reader.ts';

export interface OpenedLink {
  readonly name: string;
  readonly login: string;
  readonly password: string | null;
  readonly customs: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
}

interface LinkData {
  name: string;
  login: string;
  passwordEncrypted: string | null;
  customs?: { name: string; value: string; type: string }[];
  attachments?: { id: string; name: string; encryptedKey: string }[];
}

/** What the server says to somebody who opens a link: the status, and the answer's JSON. */
export async function askLink(
  url: string,
  code = codeOf(url),
): Promise<{ status: number; json: { itemData: LinkData } }> {
  const keyHash = createHash('sha256').update(code).digest('hex');
  return post(apiOf(url), { keyHash });
}

/** Opens a link with everything in it. Throws when the server does not give it. */
export async function openLink(url: string): Promise<OpenedLink> {
  const code = codeOf(url);
  const keyHash = createHash('sha256').update(code).digest('hex');
  const { status, json } = await askLink(url);
  if (status !== 200) throw new Error(`the link was answered with ${status}`);
  const data = json.itemData;
  const files = [];
  for (const { id, name, encryptedKey } of data.attachments ?? []) {
    const file = await post<{ encryptedData: string }>(`${apiOf(url)}/attachments/${id}`, { keyHash });
    if (file.status !== 200) throw new Error(`a file was answered with ${file.status}`);
    files.push({
      name,
      bytes: Buffer.from(open(file.json.encryptedData, open(encryptedKey, code)), 'base64'),
    });
  }
  return {
    ...{ name: data.name, login: data.login, files },
    password: data.passwordEncrypted === null ? null : open(data.passwordEncrypted, code),
    customs: (data.customs ?? []).map(({ name, value, type }) => ({
      ...{ name: open(name, code), value: open(value, code), type: open(type, code) },
    })),
  };
}

function codeOf(url: string): string {
  return new URL(url).hash.replace(/^#code=/, '');
}

function apiOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/api/v1/links/public/${pathname.split('/').at(-1) ?? ''}`;
}

async function post<Json>(address: string, body: unknown): Promise<{ status: number; json: Json }> {
  const headers = { 'X-Response-Format': 'raw', 'Content-Type': 'application/json' };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, json: (await answer.json()) as Json };
}
