/** `WebFrameMain` of a window's top frame: who a message came from. */
import { originOf } from './addresses.ts';
import type { StandInFor } from './shape.ts';

/** The top frame of one web contents; the same object as long as the page lives. */
export class StandInFrame implements StandInFor<
  Electron.WebFrameMain,
  'url' | 'origin' | 'parent' | 'top' | 'name' | 'frameTreeNodeId' | 'processId' | 'routingId' | 'isDestroyed'
> {
  readonly parent = null;
  readonly top = this;
  readonly name = '';
  readonly routingId = 1;
  readonly processId: number;
  readonly frameTreeNodeId: number;
  private readonly urlNow: () => string;

  constructor(id: number, urlNow: () => string) {
    this.processId = id;
    this.frameTreeNodeId = id;
    this.urlNow = urlNow;
  }

  get url(): string {
    return this.urlNow();
  }

  get origin(): string {
    return originOf(this.urlNow());
  }

  isDestroyed(): boolean {
    return false;
  }
}
