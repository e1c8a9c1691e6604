import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningApp } from './driven/running-app.ts';
import { buildFixture, type Fixture } from './fixture/launch.ts';

let fixture: Fixture;
let app: RunningApp;
let page: Page;

async function call(channel: string, value?: unknown): Promise<unknown> {
  return page.evaluate(`vault.call(${JSON.stringify(channel)}, ${JSON.stringify(value) ?? 'undefined'})`);
}

async function logged(line: string): Promise<void> {
  await vi.waitFor(
    () => {
      expect(app.logs()).toContain(`fixture: ${line}`);
    },
    { timeout: 10_000 },
  );
}

beforeAll(async () => {
  fixture = await buildFixture();
  app = await fixture.launch({ env: { ALLOW: '1', STRONGROOM_FAKE_KEY_STORE: '1' } });
  page = await app.page();
});

afterAll(async () => {
  await app.close();
  await fixture.remove();
});

describe('the desktop around the application', () => {
  it('is described as it is', async () => {
    expect(await call('desktop')).toMatchObject({
      packaged: false,
      userData: fixture.userData,
      dark: false,
      displays: 1,
      emptyImage: true,
      contentProtected: true,
      bounds: { x: 0, y: 0, width: 900, height: 700 },
    });
  });

  it('shares a clipboard with the test and never with the machine', async () => {
    await call('copy', 'from the application');
    expect(await app.clipboardText()).toBe('from the application');
    await app.setClipboardText('from the person');
    expect(await call('paste')).toBe('from the person');
  });

  it('answers dialogs from the queue, else cancels them', async () => {
    expect(await call('ask')).toBe(1);
    await app.answerDialog({ response: 0 });
    expect(await call('ask')).toBe(0);
    expect(await call('choose')).toEqual({ canceled: true, filePaths: [] });
    await app.answerDialog({ filePaths: ['/some/file'] });
    expect(await call('choose')).toEqual({ canceled: false, filePaths: ['/some/file'] });
  });

  it('records what would be opened elsewhere', async () => {
    await call('open', 'https://passwork.example/');
    expect(await app.openedExternally()).toEqual(['https://passwork.example/']);
  });

  it('records what would be dragged out of the window', async () => {
    await call('drag', ['/private/a.txt', '/private/b.txt']);
    expect(await app.draggedOut()).toEqual([['/private/a.txt', '/private/b.txt']]);
  });

  it('lets the test move the machine', async () => {
    await app.power('lock-screen');
    await logged('lock-screen');
    await app.power('suspend');
    await logged('suspend');
    await app.setIdleSeconds(600);
    expect(await call('idle')).toBe(600);
  });

  it('clicks menus, by label and by key', async () => {
    expect(await app.clickMenu('Nothing')).toBe(false);
    expect(await app.clickMenu('Lock')).toBe(true);
    await logged('lock');
    await page.keyboard.press('Control+l');
    await vi.waitFor(
      () => {
        expect(app.logs().split('fixture: lock\n')).toHaveLength(3);
      },
      { timeout: 10_000 },
    );
  });

  it('has a key store that admits to be none', async () => {
    expect(await call('keyStore')).toEqual({ available: true, backend: 'basic_text' });
    expect(await call('keep', 'device key')).toEqual({ opened: 'device key', hides: true });
  });

  it('grants what the application grants', async () => {
    const state = await page.evaluate(
      `navigator.permissions.query({ name: 'notifications' }).then((one) => one.state)`,
    );
    expect(state).toBe('granted');
  });

  it('says what has no stand-in instead of failing somewhere else', async () => {
    await expect(call('missing')).rejects.toThrow('electron.screen.dipToScreenPoint has no stand-in');
  });
});

describe('the page in its window', () => {
  it('follows the theme', async () => {
    const dark = async (): Promise<unknown> =>
      page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`);
    expect(await dark()).toBe(false);
    await call('theme', 'dark');
    await vi.waitFor(
      async () => {
        expect(await dark()).toBe(true);
      },
      { timeout: 10_000 },
    );
    await call('theme', 'light');
  });

  it('knows when it is hidden', async () => {
    await page.evaluate(
      `window.states = []; document.addEventListener('visibilitychange', () => states.push(document.visibilityState))`,
    );
    await app.hideWindow();
    await app.showWindow();
    await vi.waitFor(
      async () => {
        expect(await page.evaluate('states')).toEqual(['hidden', 'visible']);
      },
      { timeout: 10_000 },
    );
  });

  it('gives the preload the paths of dropped files, and none for a file made by a script', async () => {
    await mkdir(fixture.userData, { recursive: true });
    const paths = ['first.txt', 'второй.txt'].map((name) => join(fixture.userData, name));
    for (const path of paths) await writeFile(path, path);
    await app.dropFiles(page, '#drop', paths);
    await vi.waitFor(
      async () => {
        expect(await page.evaluate('dropped.map((one) => one.path)')).toEqual(paths);
      },
      { timeout: 10_000 },
    );
    expect(await page.evaluate(`vault.pathOf(new File(['x'], 'made.txt'))`)).toBe('');
  });
});
