/** The window's ground before the page has painted, so that no theme flashes in the other's colour. */
import { nativeTheme } from 'electron';

const grounds = { light: '#f4f4f1', dark: '#14161a' } as const;

export function applyTheme(theme: 'system' | 'light' | 'dark'): void {
  nativeTheme.themeSource = theme;
}

export function windowGround(): string {
  return nativeTheme.shouldUseDarkColors ? grounds.dark : grounds.light;
}
