/**
 * Bringing a database to the schema of this version.
 *
 * Migrations are numbered SQL files; the number of the last one applied stands in SQLite's
 * `user_version`, which is part of the same transaction. Before an existing database is
 * touched, a copy of the file is made: still encrypted, under the same key.
 */
import { closeSync, copyFileSync, fsyncSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StrongroomError } from '../../contract/errors.ts';
import type { Engine } from './engine.ts';
import { translated } from './fault.ts';

export interface Migration {
  /** Counts from 1 without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const fileName = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** Reads the numbered files of a folder, in order; other files are passed over. */
export function loadMigrations(directory: string): readonly Migration[] {
  const migrations = translated(() => readdirSync(directory).sort()).flatMap((file) => {
    const match = fileName.exec(file);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    const sql = translated(() => readFileSync(path.join(directory, file), 'utf8'));
    return [{ number: Number(match[1]), name: match[2], sql }];
  });
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw new Error(`migration ${String(index + 1)} is missing or doubled`);
  });
  if (migrations.length === 0) throw new Error('no migrations found');
  return migrations;
}

/** The schema version of an open database; 0 for an empty one. */
export function schemaVersion(engine: Engine): number {
  const version = engine.pragma('user_version');
  if (typeof version !== 'number') throw new Error('user_version is not a number');
  return version;
}

/** Where the copy made before leaving schema `version` lies. */
export function backupPath(databasePath: string, version: number): string {
  return `${databasePath}.before-${String(version + 1).padStart(4, '0')}`;
}

/**
 * Applies what is missing, each migration in a transaction of its own. A schema newer than
 * the newest migration is refused with `mirrorNewer`, untouched. If a migration fails, the
 * database stays at the version before it.
 */
export function migrate(engine: Engine, databasePath: string, migrations: readonly Migration[]): void {
  const found = schemaVersion(engine);
  const known = migrations.length;
  if (found > known) throw new StrongroomError('mirrorNewer', { found, known });
  if (found === known) return;
  if (found > 0) copyAside(engine, databasePath, backupPath(databasePath, found));
  for (const migration of migrations.slice(found)) {
    engine.durable(() => {
      engine.execute(migration.sql);
      engine.pragma(`user_version = ${String(migration.number)}`);
    });
  }
}

function copyAside(engine: Engine, databasePath: string, target: string): void {
  engine.checkpoint();
  translated(() => {
    copyFileSync(databasePath, target);
    const file = openSync(target, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}
