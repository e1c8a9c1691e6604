/**
 * Opening a socket to the server and judging whom it reached, before one byte of HTTP.
 *
 * TLS sessions are never resumed: a resumed session shows no chain, so a pin could not be
 * compared.
 */
import type { Socket } from 'node:net';
import net from 'node:net';
import tls from 'node:tls';
import { StrongroomError } from '../../contract/index.ts';
import type { ServerAddress } from './address.ts';
import {
  authorityContext,
  distrustReason,
  isCertificateCode,
  judgePinned,
  peerChain,
  type ServerTrust,
} from './certificate.ts';

export interface SocketWish {
  readonly address: ServerAddress;
  readonly trust: ServerTrust;
  /** Certificates (PEM) of authorities that count beside the system's own. */
  readonly authorities: readonly string[];
  readonly timeoutMs: number;
}

/** Waits until a socket is open; a server that stays silent for the given time fails with ETIMEDOUT. */
export function whenOpen<S extends Socket>(socket: S, event: string, timeoutMs: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (failure: Error | null): void => {
      clearTimeout(timer);
      socket.removeListener('error', settle);
      socket.removeListener(event, onOpen);
      if (failure === null) return resolve(socket);
      // A destroyed socket may still report; nobody else listens to it by then.
      socket.on('error', () => socket.destroy());
      socket.destroy();
      reject(failure);
    };
    const onOpen = (): void => settle(null);
    const timer = setTimeout(
      () => settle(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    socket.once('error', settle);
    socket.once(event, onOpen);
  });
}

/** A TLS socket whose handshake is through, whatever its certificate; for inspection and pins. */
export function openUnjudged(wish: SocketWish): Promise<tls.TLSSocket> {
  return whenOpen(
    tls.connect({ ...tlsOptions(wish), rejectUnauthorized: false }),
    'secureConnect',
    wish.timeoutMs,
  );
}

/**
 * A socket to the server that has passed its judgement.
 * @throws StrongroomError `certificateChanged`, `certificateUntrusted`; else the socket's own error.
 */
export async function openJudged(wish: SocketWish): Promise<Socket> {
  const { address, trust } = wish;
  if (!address.secure) {
    return whenOpen(net.connect(address.port, address.hostname), 'connect', wish.timeoutMs);
  }
  if (trust.kind === 'system') {
    return whenOpen(
      tls.connect({ ...tlsOptions(wish), rejectUnauthorized: true }),
      'secureConnect',
      wish.timeoutMs,
    );
  }
  const socket = await openUnjudged(wish);
  const verdict = judgePinned(peerChain(socket), trust.fingerprint, address.hostname, new Date());
  if (verdict === 'accepted') return socket;
  socket.destroy();
  if (verdict === 'changed') throw new StrongroomError('certificateChanged', { host: address.host });
  throw new StrongroomError('certificateUntrusted', { host: address.host, reason: verdict });
}

function tlsOptions({ address, authorities }: SocketWish): tls.ConnectionOptions {
  return {
    host: address.hostname,
    port: address.port,
    ...(net.isIP(address.hostname) === 0 ? { servername: address.hostname } : {}),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    secureContext: authorityContext(authorities),
  };
}

/** Turns what a failed connection says into one of the application's codes. */
export function connectionFailure(cause: unknown, host: string): StrongroomError {
  if (cause instanceof StrongroomError) return cause;
  const code = codeOf(cause);
  if (isCertificateCode(code)) {
    return new StrongroomError('certificateUntrusted', { host, reason: distrustReason(code) });
  }
  // TLS spoken to something that does not, or HTTP that is none.
  if (/^(?:EPROTO|ERR_SSL|HPE_)/.test(code)) return new StrongroomError('notPasswork', { host });
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new StrongroomError('badAnswer', { reason: 'tooLarge' });
  }
  return new StrongroomError('unreachable', { host, reason: unreachableReason(code) });
}

function unreachableReason(code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  if (code === 'ECONNREFUSED') return 'refused';
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (/^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/.test(code)) return 'reset';
  return 'other';
}

/** The code of an error, of its cause, or of the first of several attempts. */
function codeOf(failure: unknown): string {
  if (failure instanceof AggregateError && failure.errors.length > 0) return codeOf(failure.errors[0]);
  if (!(failure instanceof Error)) return '';
  if ('code' in failure && typeof failure.code === 'string') return failure.code;
  if (failure.name === 'TimeoutError') return 'ETIMEDOUT';
  if (failure.name === 'HTTPParserError') return 'HPE_INVALID';
  return codeOf(failure.cause);
}
