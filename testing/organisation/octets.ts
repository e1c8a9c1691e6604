/** Requests whose body or answer is bytes. */
import { createHash } from 'node:crypto';
import { RequestFailed } from './http.ts';

/** Sends bytes with their digest, or reads some. Throws `RequestFailed`. */
export async function sendOctets(
  { url, token }: { url: string; token: string },
  method: 'GET' | 'PUT',
  path: string,
  bytes?: Buffer,
): Promise<Buffer> {
  const digest = createHash('sha256')
    .update(bytes ?? '')
    .digest('base64');
  const sent = { 'Content-Type': 'application/octet-stream', 'Content-Digest': `sha-256=:${digest}:` };
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'X-Response-Format': 'raw', ...(bytes ? sent : {}) },
    signal: AbortSignal.timeout(60_000),
    ...(bytes ? { body: bytes } : {}),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status === 200) return answer;
  const { errors } = JSON.parse(answer.toString('utf8')) as { errors: { code: string }[] };
  throw new RequestFailed(
    `${method} ${path}`,
    response.status,
    errors.map(({ code }) => code),
  );
}
