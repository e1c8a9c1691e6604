/** Vaults themselves and who may enter them, as one part for the object graph. */
import type { OpenAccount } from '../accounts/openaccount.ts';
import { AccessDesk } from './accessdesk.ts';
import { VaultDesk } from './vaultdesk.ts';

export class VaultAdministration {
  readonly vaults: VaultDesk;
  readonly access: AccessDesk;

  constructor(parts: { readonly current: () => OpenAccount }) {
    this.vaults = new VaultDesk(parts);
    this.access = new AccessDesk(parts);
  }
}
