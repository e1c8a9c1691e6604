// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import { i18n } from '../../app/i18n.ts';
import NewSecret from './NewSecret.vue';
import { leastRule } from './rules.ts';

let bridge: FakeBridge;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<main id="screen"></main>';
  bridge = fakeBridge({
    accounts: { judgeSecret: () => done({ score: 2, reason: 'word', broken: [] }) },
  });
  vi.stubGlobal('strongroom', bridge.api);
});
afterEach(() => vi.useRealTimers());

function form() {
  const props = { label: 'New master password', rule: leastRule, ownWords: ['anna', ''] };
  const wrapper = mount(
    { render: () => h(TooltipProvider, () => h(NewSecret, props)) },
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  const [first, second] = wrapper.findAll('input');
  if (!first || !second) throw new Error('There must be two inputs.');
  return { wrapper, first, second, secret: wrapper.getComponent(NewSecret).vm };
}

const meter = '[data-testid=strength]';

describe('a new secret', () => {
  it('is handed over once it was typed twice alike, and both inputs are empty then', async () => {
    const { first, second, secret } = form();
    await first.setValue('двенадцать букв');
    await second.setValue('двенадцать букв');
    expect(new TextDecoder().decode(secret.take() ?? undefined)).toBe('двенадцать букв');
    expect([first.element.value, second.element.value]).toEqual(['', '']);
  });

  it.each([
    ['too short', 'eleven char', 'eleven char'],
    ['typed differently', 'twelve characters', 'twelve character'],
  ])('is kept back and stays in its input when it is %s', async (_name, typed, repeated) => {
    const { wrapper, first, second, secret } = form();
    await first.setValue(typed);
    await second.setValue(repeated);
    expect(secret.take()).toBeNull();
    await flushPromises();
    expect(wrapper.find('[role=alert], [aria-invalid=true]').exists()).toBe(true);
    expect(first.element.value).toBe(typed);
  });

  it('is judged a moment after the last key, and the meter goes with the text', async () => {
    const { wrapper, first } = form();
    await first.setValue('summer');
    await first.setValue('summer2026');
    expect(wrapper.find(meter).exists()).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(bridge.calls.filter(({ name }) => name === 'accounts.judgeSecret')).toHaveLength(1);
    expect(bridge.calls.at(-1)?.input).toMatchObject({ ownWords: ['anna'], rule: null });
    expect(wrapper.get('[role=meter]').attributes('aria-valuenow')).toBe('2');
    await first.setValue('');
    expect(wrapper.find(meter).exists()).toBe(false);
  });
});
