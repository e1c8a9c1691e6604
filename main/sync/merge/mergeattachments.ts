/**
 * Merging the files of a record. Contents never change, files come and go, so nothing can clash: of
 * two new names that of this device goes out last and stands;
 * what this device knows of a file (its id here, where its contents lie) stays with it.
 */
import type { StoredAttachment } from '../../mirror/model.ts';

/**
 * Theirs without what was removed here, then what was added here and is not theirs yet. A file
 * that they removed and nobody touched here is gone.
 */
export function mergeAttachments(
  base: readonly StoredAttachment[],
  mine: readonly StoredAttachment[],
  theirs: readonly StoredAttachment[],
): StoredAttachment[] {
  const [mineOfTheirs, added] = matched(theirs, mine);
  const [baseOfTheirs] = matched(theirs, base);
  const [baseOfAdded] = matched(added, base);
  const kept = theirs.flatMap((file) => {
    const here = mineOfTheirs.get(file);
    const before = baseOfTheirs.get(file);
    if (here === undefined) return before === undefined ? [file] : [];
    const isRenamedHere = before !== undefined && here.name !== before.name;
    return [withLocalFacts(isRenamedHere ? { ...file, name: here.name } : file, here)];
  });
  return [...kept, ...added.filter((file) => !baseOfAdded.has(file))];
}

/** For each file its counterpart among `others`, each at most once, and the others that have none. */
function matched(
  files: readonly StoredAttachment[],
  others: readonly StoredAttachment[],
): readonly [Map<StoredAttachment, StoredAttachment>, StoredAttachment[]] {
  const pairs = new Map<StoredAttachment, StoredAttachment>();
  const free = new Set(others);
  for (const isSame of [sameServerId, sameFile]) {
    for (const file of files) {
      const other = pairs.has(file) ? undefined : [...free].find((each) => isSame(file, each));
      if (other === undefined) continue;
      pairs.set(file, other);
      free.delete(other);
    }
  }
  return [pairs, [...free]];
}

function sameServerId(a: StoredAttachment, b: StoredAttachment): boolean {
  return a.serverId !== null && a.serverId === b.serverId;
}

/**
 * For a file whose sending was not answered. Its key is drawn at random; without client-side
 * encryption all files carry the same one, so the rest has to agree as well.
 */
function sameFile(a: StoredAttachment, b: StoredAttachment): boolean {
  if (a.serverId !== null && b.serverId !== null) return false;
  const sameHash = a.hash === null || b.hash === null || a.hash === b.hash;
  return a.encryptedKey === b.encryptedKey && a.name === b.name && sameHash;
}

function withLocalFacts(file: StoredAttachment, here: StoredAttachment): StoredAttachment {
  // Contents lie here under the key they came with; under another one they would not open.
  if (file.encryptedKey !== here.encryptedKey) return { ...file, id: here.id };
  const { id, localFile } = here;
  return { ...file, id, hash: file.hash ?? here.hash, size: file.size ?? here.size, localFile };
}
