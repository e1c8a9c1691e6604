/** Builds the window and the scripted bridge with the settings the application itself is built with. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');

const pages = ['index.html', 'quick.html'].map((page) => resolve(root, 'renderer', page));

/** Builds the window into the folder. */
export async function buildWindow(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: resolve(root, 'renderer'),
    base: './',
    logLevel: 'warn',
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
    },
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: pages },
    },
  });
}

/** Builds the scripted bridge into one classic script and gives its text. */
export async function buildScript(folder: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      lib: {
        entry: resolve(import.meta.dirname, 'scripted.ts'),
        formats: ['iife'],
        name: 'strongroomScript',
        fileName: () => 'scripted.js',
      },
    },
  });
  return readFile(resolve(folder, 'scripted.js'), 'utf8');
}
