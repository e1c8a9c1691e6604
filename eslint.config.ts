import js from '@eslint/js';
import pluginVue from 'eslint-plugin-vue';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { electronRooms } from './floors.config.ts';
import { floorRule } from './floors.rule.ts';

export default defineConfig(
  globalIgnores(['out/', 'dist/', 'coverage/', 'test-results/', 'bench/results/']),
  js.configs.recommended,
  tseslint.configs.strict,
  pluginVue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
  },
  {
    files: ['**/*.{ts,mts,vue}'],
    plugins: { house: { rules: { floors: floorRule } } },
    rules: {
      // TypeScript itself resolves names; the rule only knows plain JavaScript's.
      'no-undef': 'off',
      'no-console': 'error',
      'no-eval': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'house/floors': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['main/**', 'server/**', 'contract/**', 'renderer/**'],
    ignores: [...electronRooms, '**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'electron', message: 'Only main/desktop, main/index.ts and preload know Electron.' },
          ],
        },
      ],
    },
  },
  {
    // Plain files for a browser, checked by TypeScript, which also resolves the browser's names.
    files: ['server/linkpage/page/*.js'],
    rules: { 'no-undef': 'off', 'no-console': 'error', 'no-eval': 'error' },
  },
  {
    // Command-line entries and the suites speak to a terminal; the product itself does not.
    files: ['testing/**', 'bench/**', 'server/cli.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A test may build what it needs from any floor; the product code beside it may not.
    files: ['**/*.test.ts'],
    rules: { 'house/floors': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['renderer/**/*.vue'],
    rules: { 'vue/multi-word-component-names': 'off', 'vue/html-self-closing': 'off' },
  },
  {
    // Layout is prettier's business.
    files: ['**/*.vue'],
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
);
