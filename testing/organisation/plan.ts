/** The company vaults of the sample and who has which access to them. */
import type { GroupName } from './cast.ts';
import { financeVault } from './content/finance.ts';
import { infrastructureVault } from './content/infrastructure.ts';
import { marketingVault } from './content/marketing.ts';
import { contractorsVault, peopleVault } from './content/operations.ts';
import { archiveVault } from './content/others.ts';
import type { VaultDraft } from './drafts.ts';
import { choicesFrom } from './random.ts';

/** Everything in the sample follows from this number. */
export const seed = 20_260_101;

/** One entry of access, for a person or a group. */
export interface Level {
  person?: string;
  group?: GroupName;
  level: 'forbidden' | 'read' | 'write' | 'full' | 'admin';
  /** A folder at the top of the vault instead of the vault. */
  folder?: string;
}

/** A company vault, what is in it and who gets in beside the administrators. */
export interface CompanyVault {
  draft: VaultDraft;
  access: Level[];
  isOld?: boolean;
}

/** The six company vaults before they are encrypted: the same content in every run. */
export function companyVaults(): CompanyVault[] {
  const choices = choicesFrom(seed);
  const admins: Level = { group: 'Системные администраторы', level: 'full' };
  return [
    {
      draft: infrastructureVault(choices),
      access: [
        { group: 'Системные администраторы', level: 'write' },
        { person: 'ivan.petrov', level: 'full' },
        { person: 'sofia.lindqvist', level: 'read', folder: 'Production' },
      ],
    },
    {
      draft: financeVault(choices),
      access: [
        { group: 'Finance', level: 'full' },
        { person: 'olga.vasileva', level: 'read' },
        { person: 'olga.vasileva', level: 'forbidden', folder: 'Банки' },
      ],
    },
    {
      draft: marketingVault(choices),
      access: [
        { group: 'Marketing', level: 'write' },
        { person: 'elena.smirnova', level: 'admin' },
      ],
    },
    {
      draft: contractorsVault(choices),
      access: [admins, { group: 'Marketing', level: 'read' }, { group: 'Finance', level: 'read' }],
    },
    {
      draft: peopleVault(choices),
      access: [
        { person: 'olga.vasileva', level: 'admin' },
        { group: 'Finance', level: 'read' },
      ],
    },
    {
      draft: archiveVault(choices),
      access: [
        { person: 'pavel.morozov', level: 'full' },
        { group: 'Системные администраторы', level: 'read' },
      ],
      isOld: true,
    },
  ];
}
