/**
 * The installation's secrets that live in files: the at-rest key and the setup token.
 *
 * The key file has the form of Passwork 7 ("Server encryption"): the text
 * `base64:<key>` in a file of mode 400, by default `encryption_key` in the data folder,
 * or wherever `ENCRYPTION_KEY_PATH` points so that key and data can lie on two disks.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Thirty-two bytes of AES key. */
export type SealingKey = Buffer & { readonly __brand: 'SealingKey' };

const keyBytes = 32;

/**
 * Reads the at-rest key, creating it when the installation is new.
 * Throws when the file is not of the form above, or when it is missing although
 * `mustExist` says that sealed data already stands beside it.
 */
export function loadSealingKey(dataFolder: string, mustExist: boolean): SealingKey {
  const path = keyPath(dataFolder);
  if (!existsSync(path)) {
    if (mustExist)
      throw new Error('The encryption key file is missing, and the data cannot be read without it.');
    writeNewKey(path);
  }
  return readKey(path);
}

const keyPath = (dataFolder: string): string =>
  process.env['ENCRYPTION_KEY_PATH'] ?? join(dataFolder, 'encryption_key');

function writeNewKey(path: string): void {
  writeFileSync(path, `base64:${randomBytes(keyBytes).toString('base64')}\n`, {
    ...{ mode: 0o400, flag: 'wx', flush: true },
  });
}

function readKey(path: string): SealingKey {
  const text = readFileSync(path, 'utf8').trim();
  const key = Buffer.from(text.startsWith('base64:') ? text.slice('base64:'.length) : '', 'base64');
  if (key.length !== keyBytes) {
    throw new Error('The encryption key file must hold "base64:" and 32 bytes in base64.');
  }
  return key as SealingKey;
}

/** The key that takes the place of the present one, beside it as `.next`; made when there is none. */
export function loadNextKey(dataFolder: string): SealingKey {
  const path = `${keyPath(dataFolder)}.next`;
  if (!existsSync(path)) writeNewKey(path);
  return readKey(path);
}

/**
 * Puts the next key into its place and keeps the present one as `.former`: backups from before need
 * it. Each step is a rename or a link, so wherever it is cut the next call goes on.
 */
export function putNextKeyInPlace(dataFolder: string): void {
  const path = keyPath(dataFolder);
  const former = `${path}.former`;
  rmSync(former, { force: true });
  linkSync(path, former);
  renameSync(`${path}.next`, path);
}

/** Reads the token that guards the creation of organisations, creating it on first start. */
export function loadSetupToken(dataFolder: string): string {
  const path = join(dataFolder, 'setup_token');
  if (!existsSync(path)) {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o400, flag: 'wx' });
  }
  const token = readFileSync(path, 'utf8').trim();
  if (token.length < 32) throw new Error('The setup token file is damaged: delete it to have a new one.');
  return token;
}
