/**
 * A signed-in account's voice towards its server: every request carries the access token
 * and, once the gate allows it, the hash of the master key; every answer is read by a shape.
 */
import type { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { Answer, Connection, ExchangeRequest } from './connection.ts';
import type { HashGate } from './masterkeyproof.ts';
import { asksForMasterKey, refusalOf } from './refusal.ts';
import { readShape } from './shapes.ts';
import type { TokenKeeper } from './tokens.ts';

export interface RemoteClientParts {
  readonly connection: Connection;
  readonly tokens: TokenKeeper;
  readonly gate: HashGate;
}

export class RemoteClient {
  readonly connection: Connection;
  readonly tokens: TokenKeeper;
  readonly gate: HashGate;

  constructor({ connection, tokens, gate }: RemoteClientParts) {
    this.connection = connection;
    this.tokens = tokens;
    this.gate = gate;
  }

  /**
   * Sends a request and reads its answer.
   * @throws StrongroomError by the server's refusal, `badAnswer` for a shape that does not fit.
   */
  async call<S extends z.ZodType>(shape: S, request: ExchangeRequest): Promise<z.output<S>> {
    return this.read(shape, await this.send(request));
  }

  /**
   * Sends a request that is answered with bytes, at most `bytesUpTo` of them.
   * @throws StrongroomError as `call`.
   */
  async callBytes(request: ExchangeRequest & { readonly bytesUpTo: number }): Promise<Buffer> {
    const answer = await this.send(request);
    if (answer.status >= 300) throw this.#refusal(answer);
    if (answer.bytes === undefined) throw new StrongroomError('badAnswer', { reason: 'contentType' });
    return answer.bytes;
  }

  /** Reads an answer that `send` gave; throws as `call` does. */
  read<S extends z.ZodType>(shape: S, answer: Answer): z.output<S> {
    if (answer.status >= 300) throw this.#refusal(answer);
    return readShape(shape, answer.json);
  }

  /** Sends a request and gives the answer as it is, refusals included. */
  send(request: ExchangeRequest): Promise<Answer> {
    return this.tokens.authorised((authorisation) =>
      this.connection.exchange({
        ...request,
        headers: { ...request.headers, ...authorisation, ...this.gate.headers() },
      }),
    );
  }

  #refusal(answer: Answer): StrongroomError {
    if (asksForMasterKey(answer) && !this.gate.isOpen) return new StrongroomError('hashDemandedTooEarly');
    return refusalOf(answer);
  }
}
