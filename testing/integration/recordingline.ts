/**
 * A line to a server that keeps every byte that went over it, in both directions, as somebody
 * would who listens on the network.
 */
import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** One connection as it was heard. */
interface Heard {
  readonly toServer: Buffer[];
  readonly toClient: Buffer[];
}

export class RecordingLine {
  readonly #server: net.Server;
  readonly #heard: Heard[] = [];
  readonly #sockets = new Set<net.Socket>();
  #port = 0;

  private constructor(target: URL) {
    this.#server = net.createServer((client) => {
      const upstream = net.connect(Number(target.port), target.hostname);
      const heard: Heard = { toServer: [], toClient: [] };
      this.#heard.push(heard);
      this.#join(client, upstream, heard.toServer);
      this.#join(upstream, client, heard.toClient);
    });
  }

  static async start(target: string): Promise<RecordingLine> {
    const line = new RecordingLine(new URL(target));
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    line.#port = (line.#server.address() as AddressInfo).port;
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything the client said, connection after connection. */
  toServer(): Buffer {
    return Buffer.concat(this.#heard.flatMap((heard) => heard.toServer));
  }

  /** Everything the server said, connection after connection. */
  toClient(): Buffer {
    return Buffer.concat(this.#heard.flatMap((heard) => heard.toClient));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(from: net.Socket, to: net.Socket, kept: Buffer[]): void {
    this.#sockets.add(from);
    from.on('data', (piece) => {
      kept.push(piece);
      to.write(piece);
    });
    from.on('end', () => to.end());
    // A line that breaks at one end breaks at the other.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
