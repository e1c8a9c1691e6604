import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningApp } from './driven/running-app.ts';
import { buildFixture, type Fixture } from './fixture/launch.ts';

let fixture: Fixture;

/** What the fixture said of its own life, in order. */
function lifeOf(app: RunningApp): string[] {
  return [...app.logs().matchAll(/^fixture: (.*)$/gm)].map(([, line]) => line ?? '');
}

function profilesOf({ processId }: RunningApp): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`strongroom-stand-in-${String(processId)}-`));
}

beforeAll(async () => {
  fixture = await buildFixture();
});

afterAll(async () => {
  await fixture.remove();
});

describe('the life of the application', () => {
  it('says what it is', async () => {
    const app = await fixture.launch();
    expect(app.logs()).toContain('development stand-in, not Electron; its OS key store is a fake');
    expect(await app.close()).toBe(0);
  });

  it('quits in Electron’s order', async () => {
    const app = await fixture.launch();
    await app.page();
    await vi.waitFor(
      () => {
        expect(lifeOf(app)).toContain('loaded');
      },
      { timeout: 10_000 },
    );
    expect(await app.close()).toBe(0);
    expect(lifeOf(app)).toEqual(['loaded', 'before-quit', 'close', 'closed', 'will-quit', 'quit 0']);
    expect(app.logs()).not.toContain('Unhandled');
  });

  it('quits when its last window is closed, and when asked by the page', async () => {
    const closed = await fixture.launch();
    await (await closed.page()).close();
    expect(await closed.ended()).toBe(0);
    expect(lifeOf(closed).slice(-4)).toEqual(['window-all-closed', 'before-quit', 'will-quit', 'quit 0']);
    const asked = await fixture.launch();
    await (await asked.page()).evaluate("void vault.call('quit')");
    expect(await asked.ended()).toBe(0);
  });

  it('has one instance a profile; the second tells the first and ends', async () => {
    const first = await fixture.launch();
    await first.page();
    const refusal = await fixture.launch({ args: ['--two'] }).catch(String);
    expect(refusal).toContain('fixture: second');
    expect(refusal).not.toContain('Unhandled');
    await vi.waitFor(
      () => {
        expect(lifeOf(first)).toContain('second-instance true {"from":"second"}');
      },
      { timeout: 10_000 },
    );
    expect(await first.windows()).toHaveLength(1);
    await first.close();
  });

  it('starts again on the same profile after a kill and leaves nothing behind', async () => {
    const killed = await fixture.launch();
    await killed.page();
    await killed.kill();
    expect(existsSync(join(fixture.userData, 'StandInLock'))).toBe(true);
    const again = await fixture.launch();
    expect(await (await again.page()).evaluate("vault.call('echo', 'here')")).toBe('here');
    expect(await again.close()).toBe(0);
    expect(existsSync(join(fixture.userData, 'StandInLock'))).toBe(false);
    expect([...profilesOf(killed), ...profilesOf(again)]).toEqual([]);
  });
});
