/**
 * The main process's end of the isolated worlds of one page.
 *
 * Listens to the binding that exists in the preload's world only, and speaks into that
 * world. A line from a document that is gone already is dropped: Electron gives such a
 * message a null frame, and no product code may act on it.
 */
import type { CDPSession } from 'playwright-core';
import type { ToMain, ToPreload } from './in-page/preload-world.ts';
import { Wire } from './in-page/wire.ts';
import { names, pageScript, preloadScript, worldName } from './page-scripts.ts';

const wire = new Wire();

/** Speaks with the preload of whichever document the page shows. */
export class PreloadLink {
  readonly devtools: CDPSession;
  private frameId = '';
  private world: number | undefined;

  constructor(devtools: CDPSession) {
    this.devtools = devtools;
  }

  /** Installs both scripts; `hear` gets each line, `fresh` is called for each new document. */
  async install(preload: string | undefined, hear: (line: ToMain) => void, fresh: () => void): Promise<void> {
    const { devtools } = this;
    devtools.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== worldName || this.frameOf(context.auxData) !== this.frameId) return;
      this.world = context.id;
      fresh();
    });
    devtools.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.world) this.world = undefined;
    });
    devtools.on('Runtime.executionContextsCleared', () => {
      this.world = undefined;
    });
    devtools.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === names.binding && executionContextId === this.world) hear(wire.decode(payload) as ToMain);
    });
    await devtools.send('Page.enable');
    this.frameId = (await devtools.send('Page.getFrameTree')).frameTree.frame.id;
    await devtools.send('Runtime.enable');
    await devtools.send('Runtime.addBinding', { name: names.binding, executionContextName: worldName });
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript() });
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', {
      source: preloadScript(preload),
      worldName,
    });
  }

  /** Sends a line into the preload's world; to a page without one it is lost, as in Electron. */
  async tell(line: ToPreload): Promise<void> {
    if (this.world === undefined) return;
    const expression = `${names.receiver}(${JSON.stringify(wire.encode(line))})`;
    await this.evaluate(expression);
  }

  /** The page is going; lines on their way to it are lost from now on. */
  close(): void {
    this.world = undefined;
  }

  /** Paths of the files that the preload's world waits for; empty for files made by a script. */
  async pendingPaths(count: number): Promise<string[]> {
    const paths: string[] = [];
    for (let at = 0; at < count; at++) {
      const file = await this.evaluate(`${names.pendingFiles}[${String(at)}]`);
      const { objectId } = file ?? {};
      paths.push(
        objectId === undefined ? '' : (await this.devtools.send('DOM.getFileInfo', { objectId })).path,
      );
    }
    return paths;
  }

  private async evaluate(expression: string): Promise<{ objectId?: string } | undefined> {
    const contextId = this.world;
    if (contextId === undefined) return undefined;
    try {
      return (await this.devtools.send('Runtime.evaluate', { expression, contextId })).result;
    } catch (reason) {
      // The document may have gone meanwhile; then nobody waits for the line any more.
      if (this.world === contextId) throw reason;
      return undefined;
    }
  }

  private frameOf(auxData: unknown): string {
    const held =
      typeof auxData === 'object' && auxData !== null && 'frameId' in auxData ? auxData.frameId : '';
    return String(held);
  }
}
