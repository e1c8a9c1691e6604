import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Activity } from '../storage/activity.ts';
import { cefOf, syslogMessage } from './cef.ts';
import type { SyslogSender } from './sender.ts';
import { parseSyslogTarget, syslogSender } from './sender.ts';

const entry: Activity = {
  ...{ id: 'a'.repeat(24), organisationId: 'b'.repeat(24), actorId: 'c'.repeat(24) },
  ...{ event: 'item_updated', objectId: 'd'.repeat(24), subjectId: null, vaultId: 'e'.repeat(24) },
  ...{ actedAt: 1_800_000_000, arrivedAt: 1_800_000_000, isOffline: false, action: null },
  ...{ address: '192.0.2.1', client: 'a=b\\c\nd|e' },
};
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const kept = (sender: SyslogSender) => {
  closing.push(() => sender.close());
  return sender;
};

describe('an entry in CEF', () => {
  it('escapes what would end a member or a line', () => {
    const text = cefOf(entry);
    expect(text).toMatch(/^CEF:0\|Strongroom\|Server\|1\|item_updated\|item_updated\|3\|rt=1800000000000 /);
    expect(text).toContain('requestClientApplication=a\\=b\\\\c\\nd|e cs1Label=object');
    expect(text).not.toContain('\n');
  });

  it('names who, what, where and from which address, and leaves out what is not known', () => {
    const text = cefOf({ ...entry, actorId: '', address: null });
    expect(text).toContain(`cs1=${entry.objectId}`);
    expect(text).toContain(`cs3=${entry.vaultId}`);
    expect(text).not.toMatch(/suid=|src=|cs2|act=/);
  });

  it('stands in a syslog message with the severity of its kind', () => {
    expect(syslogMessage(entry)).toMatch(
      /^<110>1 2027-01-15T08:00:00\.000Z \S+ strongroom - item_updated - CEF:0\|/,
    );
    expect(syslogMessage({ ...entry, event: 'user_auth_failed' })).toMatch(/^<108>1 /);
  });
});

describe('the address of a collector', () => {
  it('has a protocol, a host and a port', () => {
    expect(parseSyslogTarget('tcp://[::1]:601')).toEqual({ protocol: 'tcp', host: '::1', port: 601 });
    for (const text of [
      'collector:514',
      'udp://collector',
      'udp://collector:0',
      'http://x:1',
      'udp://a:99999',
    ]) {
      expect(() => parseSyslogTarget(text)).toThrow('udp://host:port');
    }
  });
});

/** A collector over TCP on a port; what it has heard is `heard`. */
async function collector(port = 0) {
  const state: { heard: string; sockets: Socket[] } = { heard: '', sockets: [] };
  const server: Server = createServer((socket) => {
    state.sockets.push(socket);
    socket.setEncoding('utf8').on('data', (text: string) => (state.heard += text));
    socket.on('error', () => socket.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const close = async () => {
    for (const socket of state.sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  closing.push(close);
  return { state, close, port: typeof bound === 'object' && bound ? bound.port : 0 };
}

describe('sending', () => {
  it('over TCP counts octets, so that every message can be told from the next', async () => {
    const { state, port } = await collector();
    const sender = kept(syslogSender({ protocol: 'tcp', host: '127.0.0.1', port }, () => undefined));
    sender.send([entry, { ...entry, client: 'ünïcode' }]);
    await expect.poll(() => state.heard.match(/CEF/g)?.length, { timeout: 5_000 }).toBe(2);
    let rest = Buffer.from(state.heard, 'utf8');
    for (let count = 0; count < 2; count += 1) {
      const blank = rest.indexOf(' ');
      const length = Number(rest.subarray(0, blank).toString());
      expect(rest.subarray(blank + 1, blank + 1 + length).toString()).toMatch(/^<110>1 .*CEF:0/);
      rest = rest.subarray(blank + 1 + length);
    }
    expect(rest).toHaveLength(0);
  });

  it('over UDP puts each entry into one datagram', async () => {
    const socket = createSocket('udp4');
    const heard: string[] = [];
    socket.on('message', (message) => heard.push(message.toString('utf8')));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    closing.push(() => socket.close());
    const target = { protocol: 'udp' as const, host: '127.0.0.1', port: socket.address().port };
    kept(syslogSender(target, () => undefined)).send([entry, entry]);
    await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(2);
    expect(heard[0]).toBe(syslogMessage(entry));
  });

  it('keeps what a collector that is away has not heard, up to a bound, and tells of the rest', async () => {
    const first = await collector();
    await first.close();
    const reports: number[] = [];
    const target = { protocol: 'tcp' as const, host: '127.0.0.1', port: first.port };
    const sender = kept(syslogSender(target, (dropped) => reports.push(dropped)));
    const many = Array.from({ length: 10_003 }, () => entry);
    sender.send(many);
    const back = await collector(first.port);
    await expect.poll(() => reports, { timeout: 20_000 }).toEqual([3]);
    await expect.poll(() => back.state.heard.match(/CEF/g)?.length, { timeout: 10_000 }).toBe(10_000);
  }, 40_000);
});

describe('a server with a collector', () => {
  it('tells it of what was logged, without names or secrets', async () => {
    const { state, port } = await collector();
    const server = await startTrialServer({ syslog: { protocol: 'tcp', host: '127.0.0.1', port } });
    closing.push(() => server.close());
    const { owner } = await trialOrganisation(server, 'watched-owner', false);
    await owner.http.send('POST', '/vaults', { name: 'A name that is nobody’s business' });
    await expect.poll(() => state.heard, { timeout: 5_000 }).toContain('|vault_created|');
    expect(state.heard).toContain('|session_started|');
    expect(state.heard).not.toMatch(/watched-owner|business|login-of/);
  });
});
