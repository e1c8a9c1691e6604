import { describe, expect, it, vi } from 'vitest';

// Electron itself cannot be loaded here; what is proven is what it is told.
vi.mock('electron', () => ({ nativeImage: { createFromPath: (path: string) => ({ path }) } }));
const { systemDrag } = await import('./dragging.ts');

interface Told {
  file: string;
  files?: string[];
  icon: { path: string };
}

describe('a drag out of the window', () => {
  const told: Told[] = [];
  const webContents = { startDrag: (item: Told) => void told.push(item) };
  const window = { webContents } as unknown as Electron.BrowserWindow;

  it('hands all files over, with a picture', () => {
    systemDrag(() => window, '/icons/icon.png')(['/private/a', '/private/b']);
    expect(told).toEqual([
      { file: '/private/a', files: ['/private/a', '/private/b'], icon: { path: '/icons/icon.png' } },
    ]);
  });

  it('begins nothing without files or without a window', () => {
    told.length = 0;
    systemDrag(() => window, '/icons/icon.png')([]);
    systemDrag(() => undefined, '/icons/icon.png')(['/private/a']);
    expect(told).toEqual([]);
  });
});
