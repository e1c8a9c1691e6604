/**
 * Looking passwords up in lists of leaked ones without naming them (k-anonymity): the service is told
 * the first five hex digits of a SHA-1 and answers with every ending it knows, padded so that the size
 * of the answer says nothing either. The form is that of the "Pwned Passwords" range API.
 *
 * The connection is judged like one to a vault server: by the system's authorities, never resumed,
 * without redirects, plain only to this computer itself. Nothing of any account goes along.
 */
import { Agent } from 'undici';
import { StrongroomError } from '../../contract/errors.ts';
import type { ServerAddress } from './address.ts';
import { connectionFailure, openJudged } from './transport.ts';

const limits = { connectMs: 10_000, answerMs: 20_000, answerBytes: 1024 * 1024, sockets: 4 } as const;
/** Ending and how often it was seen; padding has a count of zero. */
const linePattern = /^([0-9A-F]{35}):(\d{1,10})$/i;

export class LeakLookup {
  readonly #address: ServerAddress;
  readonly #agent: Agent;

  /** `authorities`: certificates (PEM) that count beside the system's own. */
  constructor(address: ServerAddress, authorities: readonly string[] = []) {
    this.#address = address;
    this.#agent = new Agent({
      connections: limits.sockets,
      headersTimeout: limits.answerMs,
      bodyTimeout: limits.answerMs,
      connect: (_options, settled) => {
        openJudged({ address, trust: { kind: 'system' }, authorities, timeoutMs: limits.connectMs }).then(
          (socket) => settled(null, socket),
          (cause: unknown) => settled(connectionFailure(cause, address.host), null),
        );
      },
    });
  }

  /**
   * How often a password stands in the lists, by the upper-case hex of its SHA-1, of which five digits
   * leave this device. Throws `badAnswer`, `serverBusy`, `unreachable`, `certificateUntrusted`, `cancelled`.
   */
  async count(sha1: string, signal: AbortSignal): Promise<number> {
    const deadline = AbortSignal.timeout(limits.answerMs);
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: new URL(this.#address.origin).origin,
        path: `${this.#address.prefix}/range/${sha1.slice(0, 5)}`,
        method: 'GET',
        headers: { accept: 'text/plain', 'user-agent': 'Strongroom', 'add-padding': 'true' },
        signal: AbortSignal.any([deadline, signal]),
      });
      const encoding = headers['content-encoding'];
      const text = await bounded(body);
      if (statusCode === 429 || statusCode >= 500) {
        throw new StrongroomError('serverBusy', { status: statusCode });
      }
      if (statusCode !== 200 || (encoding !== undefined && encoding !== 'identity')) {
        throw new StrongroomError('badAnswer', { reason: 'status' });
      }
      return countIn(text, sha1.slice(5));
    } catch (cause) {
      if (signal.aborted) throw new StrongroomError('cancelled');
      throw connectionFailure(deadline.aborted ? deadline.reason : cause, this.#address.host);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Leaving the loop by an error destroys the body and with it the socket.
  for await (const piece of body) {
    size += piece.length;
    if (size > limits.answerBytes) throw new StrongroomError('badAnswer', { reason: 'tooLarge' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size).toString('latin1');
}

/** An answer with one line out of form is none: half a list would clear passwords wrongly. */
function countIn(text: string, ending: string): number {
  let found = 0;
  let lines = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    const [, suffix, count] = linePattern.exec(line) ?? [];
    if (suffix === undefined) throw new StrongroomError('badAnswer', { reason: 'shape' });
    lines += 1;
    if (suffix.toUpperCase() === ending) found = Number(count);
  }
  if (lines === 0) throw new StrongroomError('badAnswer', { reason: 'shape' });
  return found;
}
