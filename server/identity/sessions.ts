/**
 * Opening, checking, refreshing and ending sessions.
 *
 * Tokens are base64 of 32 random bytes and live as Passwork 7 documents: 10,000 seconds
 * for access, 36 hours for refresh. A refresh token is spent once; the pair that it
 * belonged to dies in the same statement, so of two racing refreshes one wins.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { Session } from '../storage/sessions.ts';
import { newId } from '../storage/ids.ts';
import { ApiError } from '../api/errors.ts';

/** Lives in seconds. */
export interface TokenLives {
  access: number;
  refresh: number;
}

export const documentedTokenLives: TokenLives = { access: 10_000, refresh: 36 * 3600 };

const newToken = (): string => randomBytes(32).toString('base64');

/** The sessions of one server. */
export function sessionService(storage: Storage, clock: Clock, lives: TokenLives) {
  const seconds = () => Math.floor(clock() / 1000);

  /** The session of a refresh token, if `accessToken`, when given, is of the same one. */
  async function refreshable(refreshToken: string, accessToken: string | undefined): Promise<Session> {
    const session = await storage.sessions.findByRefreshToken(refreshToken);
    if (!session)
      throw new ApiError(403, 'refreshTokenInvalid', 'The refresh token is not known or was spent.');
    if (session.refreshExpiresAt <= seconds()) {
      await storage.sessions.end(session.id);
      throw new ApiError(403, 'refreshTokenExpired', 'The refresh token has expired. Log in again.');
    }
    if (accessToken !== undefined) {
      const same = await storage.sessions.findByAccessToken(accessToken);
      if (same?.id !== session.id) {
        throw new ApiError(403, 'refreshTokenInvalid', 'The two tokens are not of one session.');
      }
    }
    await requireActiveUser(session);
    return session;
  }

  async function requireActiveUser(session: Session): Promise<void> {
    const user = await storage.users.find(session.userId);
    if (!user || user.isBlocked || user.isDeleted) {
      await storage.sessions.end(session.id);
      throw new ApiError(403, 'userBlocked', 'This account cannot be used.');
    }
  }

  async function renewRefresh(session: Session, spent: string) {
    const refreshToken = newToken();
    const refreshTokenExpiredAt = seconds() + lives.refresh;
    const won = await storage.sessions.replaceRefresh(session.id, spent, refreshToken, refreshTokenExpiredAt);
    if (!won) throw new ApiError(403, 'refreshTokenInvalid', 'The refresh token is not known or was spent.');
    return { refreshToken, refreshTokenExpiredAt };
  }

  async function renewAccess(session: Session) {
    const accessToken = newToken();
    const accessTokenExpiredAt = seconds() + lives.access;
    await storage.sessions.replaceAccess(session.id, accessToken, accessTokenExpiredAt);
    return { accessToken, accessTokenExpiredAt };
  }

  return {
    /** Opens a session for a user whose password has been checked, and perhaps not their second factor. */
    async open(userId: string, awaitsSecondFactor = false) {
      const accessToken = newToken();
      const refreshToken = newToken();
      const createdAt = seconds();
      const accessTokenExpiredAt = createdAt + lives.access;
      const refreshTokenExpiredAt = createdAt + lives.refresh;
      await storage.sessions.insert(
        {
          id: newId(clock()),
          userId,
          createdAt,
          accessExpiresAt: accessTokenExpiredAt,
          refreshExpiresAt: refreshTokenExpiredAt,
          awaitsSecondFactor,
        },
        accessToken,
        refreshToken,
      );
      return { accessToken, refreshToken, accessTokenExpiredAt, refreshTokenExpiredAt };
    },

    /** The session of a live access token; 401 with the code that tells clients what to do. */
    async check(accessToken: string): Promise<Session> {
      const session = await storage.sessions.findByAccessToken(accessToken);
      if (!session) throw new ApiError(401, 'accessTokenInvalid', 'The access token is not known.');
      if (session.accessExpiresAt <= seconds()) {
        throw new ApiError(401, 'accessTokenExpired', 'The access token has expired.');
      }
      return session;
    },

    /** Spends a refresh token for a whole new pair. */
    async refresh(refreshToken: string, accessToken?: string) {
      const session = await refreshable(refreshToken, accessToken);
      const renewed = await renewRefresh(session, refreshToken);
      return { ...(await renewAccess(session)), ...renewed };
    },

    /** A new access token for a session whose access token is still known, expired or not. */
    async refreshAccess(accessToken: string) {
      const session = await storage.sessions.findByAccessToken(accessToken);
      if (!session || session.refreshExpiresAt <= seconds()) {
        throw new ApiError(403, 'accessTokenInvalid', 'The access token cannot be refreshed.');
      }
      await requireActiveUser(session);
      return renewAccess(session);
    },

    /** Spends a refresh token for a new one; the access token stays. */
    async refreshRefresh(refreshToken: string) {
      const session = await refreshable(refreshToken, undefined);
      return renewRefresh(session, refreshToken);
    },

    end: (sessionId: string) => storage.sessions.end(sessionId),
    endAllOf: (userId: string, keptId?: string) => storage.sessions.endAllOf(userId, keptId),
    passSecondFactor: (sessionId: string) => storage.sessions.passSecondFactor(sessionId),
    dropExpired: () => storage.sessions.dropExpired(seconds()),
  };
}

export type SessionService = ReturnType<typeof sessionService>;
