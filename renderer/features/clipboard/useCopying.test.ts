// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { i18n } from '../../app/i18n.ts';
import { useClipboard } from './clipboard.ts';
import { useCopying } from './useCopying.ts';

let bridge: FakeBridge;
const copied = done({ clearsAt: 1000, totalMs: 1000 });
const names = (): string[] => bridge.calls.map(({ name }) => name);

/** The copying of a running page. */
function running(): ReturnType<typeof useCopying> {
  const app = createApp({}).use(i18n);
  return app.runWithContext(useCopying);
}

beforeEach(() => {
  setActivePinia(createPinia());
  bridge = fakeBridge({
    records: {
      copyPassword: ({ recordId }) =>
        recordId === 'empty' ? { ok: false, error: { code: 'emptyField', params: {} } } : copied,
      copyCode: ({ recordId }) =>
        recordId === 'coded' ? copied : { ok: false, error: { code: 'noSuchField', params: {} } },
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('the password, and then the code', () => {
  it('are copied one after the other by the same key', async () => {
    const { passwordThenCode } = running();
    for (let times = 0; times < 3; times += 1) await passwordThenCode('coded');
    expect(names()).toEqual(['records.copyPassword', 'records.copyCode', 'records.copyPassword']);
  });

  it('begin anew once the clipboard was cleared, and for another record', async () => {
    const { passwordThenCode } = running();
    await passwordThenCode('coded');
    useClipboard().forget();
    await passwordThenCode('coded');
    await passwordThenCode('other');
    expect(names()).toEqual(Array(3).fill('records.copyPassword'));
  });

  it('a record without codes gives its password again, one without a password nothing', async () => {
    const { passwordThenCode } = running();
    await passwordThenCode('plain');
    await passwordThenCode('plain');
    expect(names()).toEqual(['records.copyPassword', 'records.copyCode', 'records.copyPassword']);
    await passwordThenCode('empty');
    await passwordThenCode('empty');
    expect(names().slice(3)).toEqual(['records.copyPassword', 'records.copyPassword']);
  });
});
