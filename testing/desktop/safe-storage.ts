/**
 * `safeStorage`: a fake that says so.
 *
 * It protects nothing: its key lies in a file of the profile. It is there only so that code
 * behind an OS key store can be tried, and only where `--fake-key-store` or
 * STRONGROOM_FAKE_KEY_STORE=1 asks for it; its backend is always `basic_text`, which the
 * application must treat as no protection.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appPaths } from './app-paths.ts';
import { app } from './app.ts';
import { strict, type StandInFor } from './shape.ts';

function available(): boolean {
  const asked = process.env['STRONGROOM_FAKE_KEY_STORE'] === '1';
  return app.isReady() && (asked || appPaths.switchValue('fake-key-store') !== undefined);
}

function profileKey(): Buffer {
  if (!available()) throw new Error('Error while using safeStorage: encryption is not available.');
  const folder = app.getPath('userData');
  const file = join(folder, 'stand-in-fake-key-store');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, randomBytes(32), { mode: 0o600 });
  }
  return readFileSync(file);
}

function encryptString(plainText: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', profileKey(), nonce);
  const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decryptString(encrypted: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', profileKey(), encrypted.subarray(0, 12));
  decipher.setAuthTag(encrypted.subarray(12, 28));
  return Buffer.concat([decipher.update(encrypted.subarray(28)), decipher.final()]).toString('utf8');
}

export const safeStorage = strict('safeStorage', {
  isEncryptionAvailable: available,
  isAsyncEncryptionAvailable: async () => available(),
  getSelectedStorageBackend: () => 'basic_text',
  setUsePlainTextEncryption: (_use: boolean): void => {},
  encryptString,
  decryptString,
  encryptStringAsync: async (plainText: string) => encryptString(plainText),
  decryptStringAsync: async (encrypted: Buffer) => ({
    result: decryptString(encrypted),
    shouldReEncrypt: false,
  }),
} satisfies StandInFor<
  Electron.SafeStorage,
  | 'isEncryptionAvailable'
  | 'isAsyncEncryptionAvailable'
  | 'getSelectedStorageBackend'
  | 'setUsePlainTextEncryption'
  | 'encryptString'
  | 'decryptString'
  | 'encryptStringAsync'
  | 'decryptStringAsync'
>);
