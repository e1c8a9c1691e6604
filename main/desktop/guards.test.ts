import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

// Electron itself cannot be loaded here; what is proven is what it is told.
const app = new EventEmitter();
vi.mock('electron', () => ({ app, dialog: {} }));
const { denyLeavingThePage, denyNetwork } = await import('./guards.ts');
const { safeFileName } = await import('./safenames.ts');

class Contents extends EventEmitter {
  policy = '';
  open: () => { action: string } = () => ({ action: 'allow' });
  setWindowOpenHandler(open: () => { action: string }): void {
    this.open = open;
  }
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.policy = policy;
  }
}

beforeEach(() => {
  app.removeAllListeners();
});

describe('every contents that comes to be', () => {
  it('can go nowhere, open nothing and reach no peer by itself', () => {
    denyLeavingThePage();
    const contents = new Contents();
    app.emit('web-contents-created', {}, contents);
    for (const leaving of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      const event = { preventDefault: vi.fn<() => void>() };
      contents.emit(leaving, event);
      expect(event.preventDefault).toHaveBeenCalledOnce();
    }
    expect(contents.open()).toEqual({ action: 'deny' });
    expect(contents.policy).toBe('disable_non_proxied_udp');
  });

  it('has a proxy that nobody runs for everything, this computer included', async () => {
    const setProxy = vi.fn<(config: Electron.ProxyConfig) => Promise<void>>(() => Promise.resolve());
    await denyNetwork(Object.assign(Object.create(null), { setProxy }) as Electron.Session);
    expect(setProxy.mock.calls[0]?.[0]).toMatchObject({
      mode: 'fixed_servers',
      proxyRules: 'socks5://127.0.0.1:1',
      proxyBypassRules: '<-loopback>',
    });
  });
});

describe('a file name that a server chose', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../.ssh/authorized_keys', 'authorized_keys'],
    ['a\\b\\c.txt', 'c.txt'],
    ['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
    ['\u2066x\u2069.txt', '_x_.txt'],
    ['file.txt:stream', 'file.txt_stream'],
    ['...', 'file'],
  ])('becomes harmless: %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });
});
