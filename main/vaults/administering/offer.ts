/**
 * What of administration is shown: what the server announced and the person's role allows. It only
 * keeps people from dead ends; the server judges every request by itself.
 */
import type { AdministrationOverview, AdministrationPart } from '../../../contract/administration.ts';
import { administrationParts } from '../../../contract/administration.ts';
import { readOwnPermissions } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

interface Needs {
  readonly feature: string;
  /** One of these; none for what does not depend on the role. */
  readonly permissions: readonly string[];
}

const needsOf: Readonly<Record<Exclude<AdministrationPart, 'roster'>, Needs>> = {
  requests: { feature: 'accessRequests', permissions: [] },
  people: { feature: 'userRoles', permissions: ['users:manage', 'users:resetMasterPassword'] },
  groups: { feature: 'userRoles', permissions: ['groups:manage'] },
  roles: { feature: 'userRoles', permissions: ['roles:manage'] },
  vaultTypes: { feature: 'vaultTypes', permissions: ['vaultTypes:manage'] },
  directory: { feature: 'directory', permissions: ['settings:manage'] },
  activity: { feature: 'activityLog', permissions: ['activityLog:read'] },
  organisation: { feature: 'userRoles', permissions: ['settings:manage'] },
};

export class AdministrationOffer {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  /** Asks the server what the person may do. Throws the network's codes. */
  async overview(): Promise<AdministrationOverview> {
    const { mirror, client, mode } = this.#current();
    const features = announcedFeatures(mirror);
    // A server without roles of ours tells no permissions, so nobody need ask it.
    const permissions = features.has('userRoles') ? await readOwnPermissions(client) : [];
    const administersVault = mirror.vaults.all().some(({ access }) => access === 'admin');
    const asked = administrationParts.filter((part) => {
      if (part === 'roster') return mode === 'client';
      const needs = needsOf[part];
      if (!features.has(needs.feature)) return false;
      if (part === 'requests') return administersVault;
      return needs.permissions.some((permission) => permissions.includes(permission));
    });
    // Signing needs nothing of the server, but for it alone nobody looks for an administration.
    const parts = asked.some((part) => part !== 'roster') ? asked : [];
    return { parts, permissions, features: [...features] };
  }
}
