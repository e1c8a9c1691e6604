/**
 * Pages of a PDF, drawn on a canvas. The file is read in a thread of its own that holds nothing
 * but the file, under the page's content policy: it can open no connection and run no code from
 * strings. Only drawing instructions come out of it. Scripts, links and what else a PDF can carry
 * out need layers over the canvas, and there are none. Fonts and character maps that a file does
 * not bring along are the system's, and pictures in JPEG 2000 stay empty: both would be fetched.
 */
import type { PDFDocumentLoadingTask, PDFDocumentProxy, RenderTask } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import type { Size } from './previewZoom.ts';

/** Why a PDF could not be drawn. */
export class PdfUnreadable extends Error {
  readonly why: 'encrypted' | 'broken';

  constructor(why: 'encrypted' | 'broken', cause: unknown) {
    super(`the PDF is ${why}`, { cause });
    this.name = 'PdfUnreadable';
    this.why = why;
  }
}

export interface OpenPdf {
  readonly pages: number;
  /** Size of a page (from 1) in CSS pixels at its own size. Throws `PdfUnreadable`. */
  readonly sizeOf: (page: number) => Promise<Size>;
  /**
   * Draws a page at a scale; what was being drawn before is given up. False if this drawing was
   * given up itself. Throws `PdfUnreadable`.
   */
  readonly draw: (canvas: HTMLCanvasElement, page: number, scale: number) => Promise<boolean>;
  /** Ends the thread, and with it everything that it knows of the file. */
  readonly close: () => void;
}

/** A canvas of more pixels than this is drawn coarser: 64 MiB of memory. */
const mostPixels = 16 * 1024 * 1024;

/** Pictures within a page of more pixels than this are left out. */
const mostImagePixels = 64 * 1024 * 1024;

/** CSS pixels of a PDF's point (1/72 inch). */
const pixelsOfPoint = 96 / 72;

/** The part of Trusted Types that is needed here; the language's own types do not have it yet. */
interface TrustedTypes {
  /** What comes out stands for the URL where the browser asks for a trusted one. */
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { readonly createScriptURL: (url: string) => string };
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes;
  }
}

let trusted: string | undefined;

/** The one script that this page runs in a thread; the content policy knows `pdf-thread` by its name. */
function threadScript(): string {
  // A policy of the same name cannot be made twice.
  trusted ??=
    window.trustedTypes
      ?.createPolicy('pdf-thread', { createScriptURL: () => workerUrl })
      .createScriptURL(workerUrl) ?? workerUrl;
  return trusted;
}

/**
 * Opens a PDF; its bytes move to the thread, so that the given array is empty afterwards.
 * Throws `PdfUnreadable`.
 */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const { getDocument, PDFWorker } = await import('pdfjs-dist');
  const thread = new Worker(threadScript(), { type: 'module' });
  const loading = getDocument({
    data: bytes,
    worker: PDFWorker.create({ port: thread }),
    isEvalSupported: false,
    useWorkerFetch: false,
    useWasm: false,
    disableAutoFetch: true,
    maxImageSize: mostImagePixels,
    verbosity: 0,
  });
  const close = (): void => end(loading, thread);
  try {
    return new PdfDesk(await unlessItFails(thread, loading.promise), close);
  } catch (error) {
    close();
    throw asUnreadable(error);
  }
}

/** Lets the reader put its fonts and pictures away, but does not wait for a thread that is stuck. */
function end(loading: PDFDocumentLoadingTask, thread: Worker): void {
  const terminate = (): void => {
    clearTimeout(timer);
    thread.terminate();
  };
  const timer = setTimeout(terminate, 1000);
  loading.destroy().then(terminate, terminate);
}

/** A thread that cannot start says so by an event, and nobody would ever answer. */
function unlessItFails<T>(thread: Worker, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('the thread of the PDF ended'));
    thread.addEventListener('error', fail, { once: true });
    answer.then(resolve, reject);
  });
}

function asUnreadable(error: unknown): PdfUnreadable {
  const encrypted = error instanceof Error && error.name === 'PasswordException';
  return new PdfUnreadable(encrypted ? 'encrypted' : 'broken', error);
}

class PdfDesk implements OpenPdf {
  readonly #document: PDFDocumentProxy;
  readonly #close: () => void;
  #drawing: RenderTask | null = null;
  #number = 0;

  constructor(document: PDFDocumentProxy, close: () => void) {
    this.#document = document;
    this.#close = close;
  }

  get pages(): number {
    return this.#document.numPages;
  }

  async sizeOf(page: number): Promise<Size> {
    try {
      const { width, height } = (await this.#document.getPage(page)).getViewport({ scale: pixelsOfPoint });
      return { width, height };
    } catch (error) {
      throw asUnreadable(error);
    }
  }

  async draw(canvas: HTMLCanvasElement, page: number, scale: number): Promise<boolean> {
    const asked = ++this.#number;
    this.#drawing?.cancel();
    // Drawn aside and put in place when it is whole, so that turning pages does not flicker.
    const aside = document.createElement('canvas');
    try {
      const proxy = await this.#document.getPage(page);
      if (asked !== this.#number) return false;
      const viewport = proxy.getViewport({
        scale: finest(proxy.getViewport({ scale: pixelsOfPoint }), scale),
      });
      aside.width = Math.max(1, Math.floor(viewport.width));
      aside.height = Math.max(1, Math.floor(viewport.height));
      this.#drawing = proxy.render({ canvas: aside, viewport });
      await this.#drawing.promise;
      if (asked !== this.#number) return false;
      put(aside, canvas);
      return true;
    } catch (error) {
      if (asked !== this.#number) return false;
      throw asUnreadable(error);
    } finally {
      // The memory of a canvas goes with its size.
      aside.width = 0;
    }
  }

  close(): void {
    this.#number += 1;
    this.#drawing?.cancel();
    this.#close();
  }
}

/** The scale of points at which a page is drawn: as sharp as the screen, within the memory allowed. */
function finest({ width, height }: Size, scale: number): number {
  const wanted = scale * window.devicePixelRatio;
  const most = Math.sqrt(mostPixels / Math.max(1, width * height));
  return pixelsOfPoint * Math.min(wanted, most);
}

function put(from: HTMLCanvasElement, to: HTMLCanvasElement): void {
  to.width = from.width;
  to.height = from.height;
  to.getContext('2d')?.drawImage(from, 0, 0);
}
