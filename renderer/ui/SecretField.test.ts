// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { beforeEach, describe, expect, it } from 'vitest';
import { h } from 'vue';
import { i18n } from '../app/i18n.ts';
import SecretField from './SecretField.vue';

/** Tooltips are put into the main landmark, which the application makes. */
beforeEach(() => {
  document.body.innerHTML = '<main id="screen"></main>';
});

function field() {
  const wrapper = mount(
    { render: () => h(TooltipProvider, () => h(SecretField, { label: 'Master password' })) },
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  return { wrapper, secret: wrapper.getComponent(SecretField), input: wrapper.get('input') };
}

describe('an input for a secret', () => {
  it('hands over UTF-8 bytes and is empty at once', async () => {
    const { secret, input } = field();
    await input.setValue('пароль 1');
    expect(secret.emitted('typed')?.at(-1)).toEqual([8]);
    const bytes = secret.vm.take();
    expect(new TextDecoder().decode(bytes)).toBe('пароль 1');
    expect(input.element.value).toBe('');
    expect(secret.emitted('typed')?.at(-1)).toEqual([0]);
    expect(secret.vm.take()).toHaveLength(0);
  });

  it('keeps the text out of the page’s markup', async () => {
    const { wrapper, input } = field();
    await input.setValue('hunter2');
    expect(wrapper.html()).not.toContain('hunter2');
  });

  it('shows what is typed only while asked to', async () => {
    const { wrapper, secret, input } = field();
    expect(input.attributes('type')).toBe('password');
    await wrapper.get('button').trigger('click');
    expect(input.attributes('type')).toBe('text');
    secret.vm.take();
    await wrapper.vm.$nextTick();
    expect(input.attributes('type')).toBe('password');
  });

  it('warns of Caps Lock while it is on', async () => {
    const { wrapper, input } = field();
    const key = new KeyboardEvent('keydown', { key: 'A' });
    Object.defineProperty(key, 'getModifierState', { value: (name: string) => name === 'CapsLock' });
    input.element.dispatchEvent(key);
    await wrapper.vm.$nextTick();
    expect(wrapper.text()).toContain('Caps Lock is on.');
    await input.trigger('blur');
    expect(wrapper.text()).not.toContain('Caps Lock is on.');
  });
});
