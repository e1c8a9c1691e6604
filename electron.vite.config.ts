import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/**
 * Three bundles from three top-level folders. The main process keeps its native modules
 * outside; the preload must be one file of CommonJS, since a sandboxed preload can load nothing.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rollupOptions: {
        input: {
          index: resolve(root, 'main/index.ts'),
          conversionworker: resolve(root, 'main/vaults/encryptionchange/conversionworker.ts'),
          attachmentworker: resolve(root, 'main/vaults/files/attachmentworker.ts'),
          partworker: resolve(root, 'main/vaults/files/partworker.ts'),
          previewworker: resolve(root, 'main/vaults/files/previewworker.ts'),
          exchangeworker: resolve(root, 'main/vaults/exchanging/exchangeworker.ts'),
          judgingworker: resolve(root, 'main/strength/judgingworker.ts'),
          checkpointworker: resolve(root, 'main/mirror/checkpointworker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
        external: ['electron', 'better-sqlite3', 'sodium-native'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      minify: true,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(root, 'preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
    },
    build: {
      outDir: resolve(root, 'out/renderer'),
      minify: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: {
          index: resolve(root, 'renderer/index.html'),
          quick: resolve(root, 'renderer/quick.html'),
        },
      },
    },
  },
});
