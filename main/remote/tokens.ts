/**
 * The pair of tokens of one sign-in, renewed in one place.
 *
 * A refresh token works once (Passwork 7 protocol, "Auth flow"): two refreshes side by side
 * would end the session. So every request goes through here, however many fail at the same
 * time one refresh runs, and the new pair is stored before it is used.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { Answer, Connection } from './connection.ts';
import { asksForNewToken, refusalOf } from './refusal.ts';
import { readShape, tokenAnswer } from './shapes.ts';

/** Times are Unix seconds, where the server tells them. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessTokenExpiredAt: number | null;
  readonly refreshTokenExpiredAt: number | null;
}

export interface TokenKeeperOptions {
  readonly connection: Connection;
  readonly tokens: Tokens;
  /** Stores a new pair durably; the pair is used only after this has succeeded. */
  readonly persist: (tokens: Tokens) => void | Promise<void>;
}

export class TokenKeeper {
  readonly #connection: Connection;
  readonly #persist: (tokens: Tokens) => void | Promise<void>;
  #tokens: Tokens | null;
  #refresh: Promise<void> | null = null;

  constructor({ connection, tokens, persist }: TokenKeeperOptions) {
    this.#connection = connection;
    this.#persist = persist;
    this.#tokens = tokens;
  }

  /**
   * Sends a request with the access token; if the token has ended, renews the pair and sends
   * the request once more.
   * @throws StrongroomError `signInAgain` when the pair cannot be renewed.
   */
  async authorised(
    send: (authorisation: Readonly<Record<string, string>>) => Promise<Answer>,
  ): Promise<Answer> {
    await this.#refresh;
    const used = this.#current();
    const answer = await send(bearer(used));
    if (!asksForNewToken(answer)) return answer;
    if (this.#current() === used) await this.#refreshOnce(used);
    const repeated = await send(bearer(this.#current()));
    if (asksForNewToken(repeated)) throw new StrongroomError('signInAgain');
    return repeated;
  }

  /** The header of a request that must not renew the pair by itself. */
  authorisation(): Readonly<Record<string, string>> {
    return bearer(this.#current());
  }

  /** Takes the pair of a new sign-in. */
  async replace(tokens: Tokens): Promise<void> {
    await this.#persist(tokens);
    this.#tokens = tokens;
  }

  /** Forgets the pair, at lock. */
  clear(): void {
    this.#tokens = null;
  }

  #current(): Tokens {
    if (this.#tokens === null) throw new StrongroomError('locked');
    return this.#tokens;
  }

  #refreshOnce(used: Tokens): Promise<void> {
    this.#refresh ??= this.#renew(used).finally(() => {
      this.#refresh = null;
    });
    return this.#refresh;
  }

  async #renew(used: Tokens): Promise<void> {
    // Not cancelled with the request that noticed it: a half-done renewal would cost the session.
    const answer = await this.#connection.exchange({
      method: 'POST',
      path: '/sessions/refresh',
      headers: bearer(used),
      body: { accessToken: used.accessToken, refreshToken: used.refreshToken },
    });
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
      throw new StrongroomError('signInAgain');
    }
    if (answer.status >= 300) throw refusalOf(answer);
    const renewed = readShape(tokenAnswer, answer.json);
    await this.#persist(renewed);
    if (this.#tokens === used) this.#tokens = renewed;
  }
}

function bearer(tokens: Tokens): Readonly<Record<string, string>> {
  return { Authorization: `Bearer ${tokens.accessToken}` };
}
