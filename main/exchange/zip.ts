/**
 * Archives, read as if somebody hostile had packed them: bounds on entries, on what they unpack to
 * and on how far, and no name that leads out of the archive. Nothing is ever unpacked to disk.
 */
import yauzl from 'yauzl';
import { importLimits, refusedImport } from './tree.ts';

/** Every entry by name. Throws `archiveRefused`, `damaged`. */
export async function unpacked(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const archive = await opened(bytes);
  try {
    return await entriesOf(archive, bytes.length);
  } catch (error) {
    if (error instanceof Error && error.name === 'StrongroomError') throw error;
    throw refusedImport('damaged', error);
  } finally {
    archive.close();
  }
}

function opened(bytes: Uint8Array<ArrayBuffer>): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, validateEntrySizes: true, strictFileNames: true } as const;
    yauzl.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), options, (error, archive) => {
      if (error) reject(refusedImport('damaged', error));
      else resolve(archive);
    });
  });
}

async function entriesOf(
  archive: yauzl.ZipFile,
  packedSize: number,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  if (archive.entryCount > importLimits.zipEntries) throw refusedImport('archiveRefused');
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  let total = 0;
  const most = Math.min(
    importLimits.zipBytes,
    Math.max(packedSize, importLimits.swellingFrom) * importLimits.zipRatio,
  );
  for await (const entry of walked(archive)) {
    total += entry.uncompressedSize;
    if (total > most || contents.has(entry.fileName) || leadsOut(entry.fileName)) {
      throw refusedImport('archiveRefused');
    }
    if (!entry.fileName.endsWith('/')) contents.set(entry.fileName, await contentOf(archive, entry));
  }
  return contents;
}

async function* walked(archive: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  for (let read = 0; read < archive.entryCount; read += 1) {
    yield await new Promise<yauzl.Entry>((resolve, reject) => {
      archive.once('entry', resolve).once('error', reject);
      archive.once('end', () => {
        reject(refusedImport('damaged'));
      });
      archive.readEntry();
    });
    archive.removeAllListeners();
  }
}

function leadsOut(name: string): boolean {
  return name.startsWith('/') || /(?:^|\/)\.\.(?:\/|$)|[\\:\0]/u.test(name);
}

async function contentOf(archive: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array<ArrayBuffer>> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    archive.openReadStream(entry, (error, readable) => {
      if (error) reject(error);
      else resolve(readable);
    });
  });
  const content = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  // The library ends a stream that gives more than its entry promised.
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    content.set(bytes, at);
    at += bytes.length;
  }
  return content;
}
