/** The places a leak test looks into, each as one text of bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Crossing } from './application.ts';

/** Names and contents of all files of a folder, as one text of bytes. */
export function everythingIn(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    files.flatMap((entry) => [
      Buffer.from(`${join(entry.parentPath, entry.name)}\n`),
      readFileSync(join(entry.parentPath, entry.name)),
    ]),
  );
}

/** Everything the client said, with the bodies of log-ins blanked where they are nothing but log-ins. */
export function saidToServer(heard: Buffer): {
  said: Buffer;
  logins: { username: string; password: string }[];
} {
  const said = Buffer.from(heard);
  const logins = [];
  const line = 'POST /api/v1/users/login HTTP/1.1';
  for (let at = said.indexOf(line); at >= 0; at = said.indexOf(line, at + 1)) {
    const bodyAt = said.indexOf('\r\n\r\n', at) + 4;
    const head = said.subarray(at, bodyAt).toString('latin1');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    const body: unknown = JSON.parse(said.subarray(bodyAt, bodyAt + length).toString('utf8'));
    logins.push(body as { username: string; password: string });
    said.fill(0, bodyAt, bodyAt + length);
  }
  return { said, logins };
}

/** Messages over the bridge as bytes; byte arrays stand in them as they are. */
export function asBytes(crossings: readonly Crossing[]): Buffer {
  const pieces: Buffer[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) pieces.push(Buffer.from(value));
    else if (typeof value === 'string') pieces.push(Buffer.from(value, 'utf8'));
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        pieces.push(Buffer.from(name));
        visit(member);
      }
    }
    pieces.push(Buffer.from('\n'));
  };
  for (const { channel, payload } of crossings) visit({ channel, payload });
  return Buffer.concat(pieces);
}
