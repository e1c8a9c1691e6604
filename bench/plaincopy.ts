/**
 * The peer of every way that a file takes: the same bytes through a socket of this machine into
 * another file, with nobody looking at them. Run as a script it is the receiving end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createInterface } from 'node:readline';

const chunk = 1024 * 1024;

/** Copies a file to another place by way of a process that receives it; gives milliseconds. */
export async function copyOverLoopback(from: string, to: string): Promise<number> {
  const receiver = spawn(process.execPath, [import.meta.filename, to], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(receiver, 'exit');
  const [port] = (await once(createInterface({ input: receiver.stdout }), 'line')) as [string];
  const started = performance.now();
  await pipeline(createReadStream(from, { highWaterMark: chunk }), net.connect(Number(port), '127.0.0.1'));
  await ended;
  return performance.now() - started;
}

/** Takes one connection's bytes into a file. */
async function receive(to: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  console.log((server.address() as AddressInfo).port);
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  await pipeline(socket, createWriteStream(to, { highWaterMark: chunk }));
  server.close();
}

const [target] = process.argv.slice(2);
if (import.meta.main && target !== undefined) await receive(target);
