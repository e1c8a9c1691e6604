/**
 * Sends the activity log to a syslog collector, over UDP (RFC 5426) or TCP with octet counting (RFC
 * 6587). It must not hold up or break what is logged: entries wait in a bounded queue while the
 * collector is away, the oldest are dropped when it stays away, and how many is told in the
 * server's own log. The database keeps all of them.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Activity } from '../storage/activity.ts';
import { syslogMessage } from './cef.ts';

/** Where a collector listens, such as `udp://collector.example:514`. */
export interface SyslogTarget {
  protocol: 'udp' | 'tcp';
  host: string;
  port: number;
}

export interface SyslogSender {
  send(entries: readonly Activity[]): void;
  /** Sends what waits, for a moment at most, and lets go. */
  close(): Promise<void>;
}

interface Transport {
  /** Hands over one message; rejects when it cannot be sent. */
  write(message: string): Promise<void>;
  close(): void;
}

const mostWaiting = 10_000;
const pauseMs = 5_000;
const connectMs = 10_000;
const closingMs = 1_000;

/** Reads the address of a collector. Throws a sentence for whoever wrote it. */
export function parseSyslogTarget(text: string): SyslogTarget {
  const match = /^(udp|tcp):\/\/(\[[0-9A-Fa-f:.]+\]|[^\s:/]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const [, protocol, host] = match ?? [];
  if ((protocol !== 'udp' && protocol !== 'tcp') || !host || port < 1 || port > 65_535) {
    throw new Error('A syslog collector is named as udp://host:port or tcp://host:port.');
  }
  return { protocol, host: host.replaceAll(/[[\]]/g, ''), port };
}

function overUdp({ host, port }: SyslogTarget): Transport {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.unref();
  // Each send tells of its own failure; without a listener an error would end the process.
  let failure: Error | null = null;
  socket.on('error', (error) => (failure = error));
  return {
    write: (message) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        socket.send(Buffer.from(message, 'utf8'), port, host, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => socket.close(),
  };
}

function connected({ host, port }: SyslogTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: connectMs });
    socket.once('timeout', () => socket.destroy(new Error('The collector does not answer.')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.unref();
      resolve(socket);
    });
  });
}

function overTcp(target: SyslogTarget): Transport {
  let socket: Socket | null = null;
  const open = async (): Promise<Socket> => {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const made = await connected(target);
    made.on('error', () => made.destroy());
    // Collectors say nothing; what is read is how their end is noticed.
    made.resume();
    socket = made;
    return made;
  };
  return {
    async write(message) {
      const into = await open();
      const framed = `${Buffer.byteLength(message, 'utf8')} ${message}`;
      await new Promise<void>((resolve, reject) => {
        into.write(framed, 'utf8', (error) => (error ? reject(error) : resolve()));
      });
    },
    close: () => socket?.end(),
  };
}

/** Starts sending to a collector; `report` hears how many entries were dropped since it last did. */
export function syslogSender(target: SyslogTarget, report: (dropped: number) => void): SyslogSender {
  const transport = target.protocol === 'udp' ? overUdp(target) : overTcp(target);
  const waiting: Activity[] = [];
  let dropped = 0;
  let working: Promise<void> | null = null;
  let isClosing = false;
  let wake: (() => void) | null = null;

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function work(): Promise<void> {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const arrived = await transport.write(syslogMessage(next)).then(
        () => true,
        () => false,
      );
      if (arrived) {
        // The queue may have been cut meanwhile: only what was sent is taken off.
        if (waiting[0] === next) waiting.shift();
      } else if (isClosing) return;
      else await pause();
    }
    if (dropped > 0) report(dropped);
    dropped = 0;
  }

  return {
    send(entries) {
      waiting.push(...entries);
      const excess = waiting.length - mostWaiting;
      if (excess > 0) {
        waiting.splice(0, excess);
        dropped += excess;
      }
      working ??= work().finally(() => (working = null));
    },
    async close() {
      isClosing = true;
      wake?.();
      const enough = new Promise<void>((resolve) => setTimeout(resolve, closingMs).unref());
      await Promise.race([working ?? Promise.resolve(), enough]);
      transport.close();
    },
  };
}
