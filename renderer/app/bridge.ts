/** The page's only way out: what the preload made of the contract. */
import type { StrongroomApi } from '../../contract/index.ts';

declare global {
  interface Window {
    readonly strongroom: StrongroomApi;
  }
}

/** Looked up at each call, so that a test can put its own in place. */
export function bridge(): StrongroomApi {
  return window.strongroom;
}
