/** Puts theme, density and language on the page as the settings say, and follows the system. */
import { useMediaQuery } from '@vueuse/core';
import { watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import { useSettings } from '../features/settings/settings.ts';
import { languageFor } from './i18n.ts';

export function useAppearance(): void {
  const settings = useSettings();
  const { locale } = useI18n();
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)');

  watchEffect(() => {
    const { theme, density, language } = settings.values;
    const root = document.documentElement;
    switchTheme(root, theme === 'system' ? (systemDark.value ? 'dark' : 'light') : theme);
    root.dataset['density'] = density;
    locale.value = languageFor(language, settings.about?.systemLocale ?? navigator.language);
    root.lang = locale.value;
  });
}

/** Without the transitions of hover and selection, which would make the change a patchwork. */
function switchTheme(root: HTMLElement, theme: 'light' | 'dark'): void {
  if (root.dataset['theme'] === theme) return;
  root.dataset['still'] = '';
  root.dataset['theme'] = theme;
  // Reading a computed style makes the browser settle the new colours before transitions return.
  void getComputedStyle(root).color;
  delete root.dataset['still'];
}
