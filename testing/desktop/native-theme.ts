/** `nativeTheme`: light unless the application or a test says otherwise; pages follow it. */
import { EventEmitter } from 'node:events';
import type { StandInFor } from './shape.ts';
import { webContents } from './web-contents.ts';

class StandInNativeTheme
  extends EventEmitter
  implements
    StandInFor<
      Electron.NativeTheme,
      'shouldUseDarkColors' | 'themeSource' | 'shouldUseHighContrastColors' | 'prefersReducedTransparency'
    >
{
  readonly shouldUseHighContrastColors = false;
  readonly prefersReducedTransparency = false;
  private source: 'system' | 'light' | 'dark' = 'system';
  private systemDark = false;

  get themeSource(): 'system' | 'light' | 'dark' {
    return this.source;
  }

  set themeSource(source: 'system' | 'light' | 'dark') {
    this.change(() => {
      this.source = source;
    });
  }

  get shouldUseDarkColors(): boolean {
    return this.source === 'system' ? this.systemDark : this.source === 'dark';
  }

  /** The test's own: what the desktop prefers. */
  setSystemDark(dark: boolean): void {
    this.change(() => {
      this.systemDark = dark;
    });
  }

  private change(apply: () => void): void {
    const before = this.shouldUseDarkColors;
    apply();
    if (this.shouldUseDarkColors === before) return;
    for (const contents of webContents.getAllWebContents()) contents.setDark(this.shouldUseDarkColors);
    this.emit('updated');
  }
}

export const nativeTheme = new StandInNativeTheme();
