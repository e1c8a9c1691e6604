/** The use cases about the organisation's people and rules, put together once. */
import type { OpenAccount } from '../accounts/openaccount.ts';
import type { ClipboardPort } from '../reading/copying.ts';
import { ActivityDesk } from './activitydesk.ts';
import { DirectoryDesk } from './directorydesk.ts';
import { GroupDesk } from './groupdesk.ts';
import { OrganisationDesk } from './organisationdesk.ts';
import { PeopleDesk } from './peopledesk.ts';
import { RoleDesk } from './roledesk.ts';

export interface TeamOptions {
  readonly current: () => OpenAccount;
  readonly clipboard: ClipboardPort;
  /** Asks where a file is to be written; null when the person gave it up. */
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>;
}

export class Team {
  readonly people: PeopleDesk;
  readonly directory: DirectoryDesk;
  readonly groups: GroupDesk;
  readonly roles: RoleDesk;
  readonly activity: ActivityDesk;
  readonly organisation: OrganisationDesk;

  constructor({ current, clipboard, chooseTarget }: TeamOptions) {
    this.people = new PeopleDesk({ current, clipboard });
    this.directory = new DirectoryDesk({ current });
    this.groups = new GroupDesk({ current });
    this.roles = new RoleDesk({ current });
    this.activity = new ActivityDesk({ current, chooseTarget });
    this.organisation = new OrganisationDesk({ current });
  }

  /** Forgets first passwords and codes that were not handed over; for locking. */
  clear(): void {
    this.people.clear();
  }
}
