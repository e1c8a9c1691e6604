import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accelerator } from '../../../contract/quickaccess.ts';
import { defaultSettings } from '../../../contract/defaultsettings.ts';
import { acceleratorOf, acceleratorText } from './chord.ts';

const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe('a pressed chord', () => {
  it('is spelled as the system takes it', () => {
    expect(acceleratorOf({ ...plain, code: 'Space', ctrlKey: true, shiftKey: true }, false)).toBe(
      'CommandOrControl+Shift+Space',
    );
    expect(acceleratorOf({ ...plain, code: 'KeyP', metaKey: true }, true)).toBe('CommandOrControl+P');
    expect(acceleratorOf({ ...plain, code: 'F9', altKey: true }, false)).toBe('Alt+F9');
  });

  it('does not get in the way of typing', () => {
    expect(acceleratorOf({ ...plain, code: 'KeyA' }, false)).toBeNull();
    expect(acceleratorOf({ ...plain, code: 'KeyA', shiftKey: true }, false)).toBeNull();
    expect(acceleratorOf({ ...plain, code: 'Enter', ctrlKey: true }, false)).toBeNull();
    for (const text of ['A', 'Shift+A', 'CommandOrControl', 'CommandOrControl+Enter', 'Alt+F25', '']) {
      expect([text, accelerator.safeParse(text).success]).toEqual([text, false]);
    }
  });

  it('is always one that the contract takes', () => {
    const code = fc.constantFrom('KeyA', 'KeyZ', 'Digit0', 'Space', 'F1', 'F24', 'Enter', 'Escape', 'Comma');
    const held = fc.record({
      ctrlKey: fc.boolean(),
      metaKey: fc.boolean(),
      shiftKey: fc.boolean(),
      altKey: fc.boolean(),
    });
    fc.assert(
      fc.property(code, held, fc.boolean(), (pressed, keys, mac) => {
        const spelled = acceleratorOf({ code: pressed, ...keys }, mac);
        expect(spelled === null || accelerator.safeParse(spelled).success).toBe(true);
      }),
    );
  });

  it('is read by a person', () => {
    expect(accelerator.parse(defaultSettings.quickAccessKey)).toBe('CommandOrControl+Shift+Space');
    expect(acceleratorText('CommandOrControl+Shift+Space', false)).toBe('Ctrl Shift Space');
    expect(acceleratorText('CommandOrControl+Alt+P', true)).toBe('⌘⌥P');
  });
});
