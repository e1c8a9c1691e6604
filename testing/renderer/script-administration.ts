/** The scripted administration: what the scenario lets the person administer. */
import { administrationParts } from '../../contract/administration.ts';
import type { Handlers, Stage } from './scripted.ts';

export function scriptAdministration({ scenario }: Stage): Pick<Handlers, 'administration'> {
  return {
    administration: {
      overview: () =>
        scenario.administers
          ? {
              parts: administrationParts.filter((part) => part !== 'roster' || scenario.clientSideEncryption),
              permissions: [
                'users:manage',
                'users:resetMasterPassword',
                'groups:manage',
                'roles:manage',
                'vaultTypes:manage',
                'settings:manage',
                'activityLog:read',
              ],
              features: [...scenario.features],
            }
          : { parts: [], permissions: [], features: [] },
    },
  };
}
