/**
 * Which files have a copy on this device. The rules are a person's own and lie in the mirror, beside
 * what they are about; until somebody changes them, everything that any server of the protocol
 * can hold is here (Passwork 7 protocol, attachments: 5 MiB), and large files are fetched on demand.
 */
import { z } from 'zod';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../keychain/index.ts';
import type { Mirror } from '../mirror/index.ts';

const stored = z.strictObject({
  /** Bytes up to which every file has a copy; null for none by size. */
  below: z.nullable(z.number().int().positive()),
  vaultIds: z.array(z.string()),
  recordIds: z.array(z.string()),
});
export type StoredOfflineRules = z.output<typeof stored>;

const rulesKey = 'offlineFiles';

const untilChanged: StoredOfflineRules = { below: PROTOCOL_ATTACHMENT_LIMIT, vaultIds: [], recordIds: [] };

/** Bytes that stay free on the disk, whatever is wanted: the mirror and the system need some. */
export const diskReserve = 512 * 1024 * 1024;

/** What the sealed form takes of the disk for a byte of a file, at most: three layers of text. */
const sealedPerByte = 3;

export function offlineRules(mirror: Mirror): StoredOfflineRules {
  const text = mirror.syncState.get(rulesKey);
  const read = text === null ? null : stored.safeParse(JSON.parse(text));
  return read?.success === true ? read.data : untilChanged;
}

export function setOfflineRules(mirror: Mirror, rules: StoredOfflineRules): void {
  mirror.syncState.set(rulesKey, JSON.stringify(stored.parse(rules)));
}

export interface FileToKeep {
  readonly recordId: string;
  readonly vaultId: string | null;
  /** Null until a server has told its contents: then it may be small. */
  readonly size: number | null;
}

/** Whether the rules want a copy of a file. */
export function isWantedHere(rules: StoredOfflineRules, { recordId, vaultId, size }: FileToKeep): boolean {
  if (rules.below !== null && (size ?? 0) <= rules.below) return true;
  return rules.recordIds.includes(recordId) || (vaultId !== null && rules.vaultIds.includes(vaultId));
}

/** Whether a file may be put on a disk with `free` bytes left. */
export function hasRoomFor(free: number, size: number | null): boolean {
  return free - (size ?? PROTOCOL_ATTACHMENT_LIMIT) * sealedPerByte > diskReserve;
}
