/**
 * Bodies of requests that carry a password: it goes from its bytes straight into the bytes of the
 * request and is never a JavaScript string.
 */
import { jsonStringOf } from './json.ts';

/**
 * A JSON object of ordinary members and of secrets (UTF-8, the caller's to wipe). Lends the body to
 * `use` and wipes it afterwards.
 */
export async function withSecretBody<T>(
  members: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, Uint8Array>>,
  use: (body: Buffer) => Promise<T>,
): Promise<T> {
  const pieces: Buffer[] = [];
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) pieces.push(Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`));
  }
  const literals = Object.entries(secrets).map(([name, secret]) => {
    const literal = jsonStringOf(secret);
    const piece = Buffer.concat([Buffer.from(`${JSON.stringify(name)}:`), literal]);
    literal.fill(0);
    return piece;
  });
  const parts = [...pieces, ...literals];
  const body = Buffer.concat([
    Buffer.from('{'),
    ...parts.flatMap((piece, at) => (at === 0 ? [piece] : [Buffer.from(','), piece])),
    Buffer.from('}'),
  ]);
  for (const literal of literals) literal.fill(0);
  try {
    return await use(body);
  } finally {
    body.fill(0);
  }
}
