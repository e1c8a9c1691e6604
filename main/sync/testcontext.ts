/** For the suites of this room: a pull's context whose server cannot be reached, and a mirror that forgets. */
import { randomBytes } from 'node:crypto';
import { LockedBytes } from '../custody/index.ts';
import type { Mirror } from '../mirror/index.ts';
import { Connection, HashGate, parseServerAddress, RemoteClient, TokenKeeper } from '../remote/index.ts';
import { Pace } from './pace.ts';
import type { PullContext } from './pullcontext.ts';

/** The caller closes `client.connection`. */
export function unreachableContext(mirror: Mirror, parts: Partial<PullContext> = {}): PullContext {
  const address = parseServerAddress('http://127.0.0.1:9');
  const connection = new Connection({ address, trust: { kind: 'system' } });
  const expiry = { accessTokenExpiredAt: null, refreshTokenExpiredAt: null };
  const none = { accessToken: '-', refreshToken: '-', ...expiry };
  const tokens = new TokenKeeper({ connection, tokens: none, persist: () => undefined });
  return {
    client: new RemoteClient({ connection, tokens, gate: new HashGate(address) }),
    mirror,
    mode: 'client',
    vaultKeys: null,
    manifestKey: LockedBytes.adopt(randomBytes(32)),
    cacheKey: LockedBytes.adopt(randomBytes(32)),
    files: null,
    givenUpFiles: new Set(),
    features: new Set(),
    pace: new Pace(),
    signal: new AbortController().signal,
    now: () => 1000,
    progress: () => undefined,
    changed: () => undefined,
    ...parts,
  };
}

const undone = new Error('undone');

/** Works on a mirror and takes everything back. */
export function undoing(mirror: Mirror, work: (mirror: Mirror) => void): void {
  try {
    mirror.portion(() => {
      work(mirror);
      throw undone;
    });
  } catch (failure) {
    if (failure !== undone) throw failure;
  }
}
