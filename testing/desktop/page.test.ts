import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningApp } from './driven/running-app.ts';
import { buildFixture, type Fixture } from './fixture/launch.ts';

let fixture: Fixture;
let app: RunningApp;
let page: Page;

/** Runs a script in the page's own world, as a script of the page would run. */
async function inPage<Result>(script: string): Promise<Result> {
  return page.evaluate<Result>(`(async () => { ${script} })()`);
}

beforeAll(async () => {
  fixture = await buildFixture();
  app = await fixture.launch();
  page = await app.page();
});

afterAll(async () => {
  await app.close();
  await fixture.remove();
});

describe('isolation', () => {
  it('gives the first script of the page the exposed interface and nothing else', async () => {
    const nothing = 'undefined';
    expect(await inPage('return seen')).toEqual({
      require: nothing,
      process: nothing,
      module: nothing,
      electron: nothing,
      ipcRenderer: nothing,
      toMainProcess: nothing,
      fromMainProcess: nothing,
      vault: 'object',
      evaluated: 'EvalError',
    });
  });

  it('adds one name to the page: what the preload exposed', async () => {
    const own = ['seen', 'dropped', 'inlineRan', 'deniedRan'];
    const added = await inPage<string[]>(`
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
      frame.remove();
      return Object.getOwnPropertyNames(window).filter((name) => !plain.has(name));
    `);
    // Elements with an id and array indices are the document's own; the rest is ours.
    const ours = added.filter((name) => !own.includes(name) && !/^\d+$|^(drop|blank)$/.test(name));
    expect(ours).toEqual(['vault']);
  });

  it('gives the preload its own world, where the page cannot reach', async () => {
    expect(await inPage('return vault.sees()')).toEqual({ process: 'renderer', page: 'undefined' });
  });

  it('lets no script replace or extend the exposed interface', async () => {
    const kept = await inPage(`
      'use strict';
      const tries = [
        () => { window.vault = {}; },
        () => { delete window.vault; },
        () => { vault.call = () => 1; },
        () => { vault.nested.sum = () => 1; },
        () => { vault.call.leak = 1; },
      ];
      return tries.map((one) => { try { one(); return 'done'; } catch (error) { return error.name; } });
    `);
    expect(kept).toEqual(Array.from({ length: 5 }, () => 'TypeError'));
  });

  it('gives away no port to a script that replaces what the language offers', async () => {
    const caught = await inPage(`
      const send = EventTarget.prototype.dispatchEvent;
      const apply = Reflect.apply;
      const caught = [];
      EventTarget.prototype.dispatchEvent = function (event) { caught.push(event.type); return send.call(this, event); };
      Reflect.apply = (...args) => { caught.push('apply'); return apply(...args); };
      const sum = vault.nested.sum(1, 2);
      EventTarget.prototype.dispatchEvent = send;
      Reflect.apply = apply;
      return { sum, caught };
    `);
    expect(caught).toEqual({ sum: 3, caught: [] });
  });

  it('gives a frame inside the page no bridge', async () => {
    expect(
      await inPage(`
        const frame = document.createElement('iframe');
        document.body.append(frame);
        const kind = typeof frame.contentWindow.vault;
        frame.remove();
        return kind;
      `),
    ).toBe('undefined');
  });
});

describe('what crosses', () => {
  it('copies values and byte arrays', async () => {
    expect(
      await inPage(`return {
        plain: vault.version, names: vault.names, bytes: vault.bytes instanceof Uint8Array && [...vault.bytes],
      }`),
    ).toEqual({ plain: 7, names: ['one', 'two'], bytes: [1, 2, 3] });
  });

  it('carries byte arrays to the main process and back unchanged', async () => {
    expect(
      await inPage(`
        const sent = Uint8Array.from({ length: 70000 }, (_, at) => at % 256);
        const back = await vault.call('echo', { deep: [sent] });
        const got = back.deep[0];
        return got instanceof Uint8Array && got.length === sent.length && got.every((one, at) => one === sent[at]);
      `),
    ).toBe(true);
  });

  it('carries undefined, dates, maps and big numbers', async () => {
    expect(
      await inPage(`
        const back = await vault.call('echo', { none: undefined, at: new Date(5), map: new Map([['a', 1n]]), not: NaN });
        return ['none' in back, back.at.getTime(), String(back.map.get('a')), String(back.not)];
      `),
    ).toEqual([true, 5, '1', 'NaN']);
  });

  it('calls functions of the page, at once and later', async () => {
    expect(await inPage('return vault.twice(5, (one) => one * 3)')).toBe(45);
    expect(await inPage('return vault.later(async (word) => word + "ing")')).toBe('going, gone');
  });

  it('refuses a proxy, as Electron does, and takes what it stands for', async () => {
    expect(
      await inPage(`
        const real = { id: '1', tags: ['a'] };
        const words = (error) => error.message;
        return [
          await vault.call('echo', real),
          await (async () => vault.call('echo', new Proxy(real, {})))().catch(words),
          await (async () => vault.call('echo', { tags: new Proxy(real.tags, {}) }))().catch(words),
        ];
      `),
    ).toEqual([{ id: '1', tags: ['a'] }, 'An object could not be cloned.', 'An object could not be cloned.']);
  });

  it('passes on what is thrown on either side', async () => {
    const said = await inPage(`
      const words = (error) => error instanceof Error ? error.message : 'no error';
      const here = (() => { try { vault.throws(); } catch (error) { return words(error); } })();
      const there = await vault.call('fail').catch(words);
      const callback = (() => { try { vault.twice(1, () => { throw new Error('mine'); }); } catch (error) { return words(error); } })();
      const unknown = await vault.call('nowhere').catch(words);
      const uncloned = await vault.call('function').catch(words);
      return [here, there, callback, unknown, uncloned];
    `);
    expect(said).toEqual([
      'refused here',
      "Error invoking remote method 'fail': RangeError: not in this vault",
      'mine',
      "Error invoking remote method 'nowhere': Error: No handler registered for 'nowhere'",
      "Error invoking remote method 'function': Error: An object could not be cloned.",
    ]);
  });

  it('delivers news in order until the subscription ends', async () => {
    const heard = await inPage(`
      const heard = [];
      const stop = vault.on((news) => heard.push(news.at + news.bytes[1]));
      await vault.call('announce', 3);
      stop();
      await vault.call('announce', 2);
      return heard;
    `);
    expect(heard).toEqual([255, 256, 257]);
  });

  it('names the frame that spoke by the application’s own origin', async () => {
    expect(await inPage("return vault.call('speaker')")).toEqual({
      url: 'app://strongroom/index.html',
      origin: 'app://strongroom',
      top: true,
      known: 1,
      same: true,
    });
  });

  it('keeps a record of every crossing for the test', async () => {
    await inPage("return vault.call('echo', 'a word to find again')");
    const crossings = await app.bridgeTraffic();
    expect(crossings).toContainEqual({ kind: 'reply', channel: 'echo', value: 'a word to find again' });
    expect(crossings.some((one) => one.kind === 'message' && one.channel === 'news')).toBe(true);
  });
});

describe('the policy of the page', () => {
  it('is in force: no inline script, no connection, no markup from text', async () => {
    const tried = await inPage(`
      const words = async (work) => { try { await work(); return 'worked'; } catch (error) { return error.name; } };
      return {
        inline: typeof inlineRan,
        fetch: await words(() => fetch('/page.js')),
        markup: await words(() => { document.body.innerHTML = '<b>x</b>'; }),
        evaluated: seen.evaluated,
      };
    `);
    expect(tried).toEqual({
      inline: 'undefined',
      fetch: 'TypeError',
      markup: 'TypeError',
      evaluated: 'EvalError',
    });
  });

  it('lets the application deny single requests', async () => {
    expect(await inPage('return typeof deniedRan')).toBe('undefined');
  });

  it('denies permissions that the application denies', async () => {
    const asked = await inPage(`
      const state = async (name) => (await navigator.permissions.query({ name })).state;
      const place = await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(() => resolve('given'), (error) => resolve(error.code)));
      const read = await navigator.clipboard.readText().then(() => 'given', (error) => error.name);
      return { place, read, notifications: await state('notifications'), camera: await state('camera') };
    `);
    expect(asked).toEqual({ place: 1, read: 'NotAllowedError', notifications: 'denied', camera: 'denied' });
  });

  it('denies every way out of the page', async () => {
    const before = page.url();
    // One after another: a navigation that begins calls off one that was not answered yet.
    for (const way of ['https://elsewhere.example/', 'app://strongroom/other.html', 'about:blank']) {
      await inPage(`location.href = ${JSON.stringify(way.replace('app://strongroom', ''))}`);
      await vi.waitFor(
        () => {
          expect(app.logs()).toContain(`will-navigate ${way}`);
        },
        { timeout: 10_000 },
      );
      expect(page.url()).toBe(before);
    }
    await inPage("location.href = 'data:text/html,x'");
    expect(page.url()).toBe(before);
    expect(await inPage('return vault.nested.sum(1, 1)')).toBe(2);
  });

  it('denies new windows, by script and by link', async () => {
    const count = page.context().pages().length;
    expect(await inPage("return window.open('https://popup.example/') === null")).toBe(true);
    await page.click('#blank');
    await vi.waitFor(
      () => {
        expect(app.logs()).toContain('open https://popup.example/');
        expect(app.logs()).toContain('open https://elsewhere.example/');
      },
      { timeout: 10_000 },
    );
    expect(page.context().pages()).toHaveLength(count);
    expect(await app.windows()).toHaveLength(1);
  });
});
