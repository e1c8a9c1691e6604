/**
 * The use cases that need nothing of their own but the account that is shown and a few ports. What
 * runs in threads, or has to be ended, is made where its end is known.
 */
import type { Accounts } from './accounts/accounts.ts';
import { OwnAccountDesk } from './accounts/ownaccountdesk.ts';
import { DoubtedKeyDesk } from './administering/doubtedkeydesk.ts';
import { AdministrationOffer } from './administering/offer.ts';
import { RequestDesk } from './administering/requestdesk.ts';
import { RosterDesk } from './administering/rosterdesk.ts';
import { TrustDesk } from './administering/trustdesk.ts';
import { VaultAdministration } from './administering/vaultadministration.ts';
import { BinDesk } from './deciding/bindesk.ts';
import { ConflictDesk } from './deciding/conflictdesk.ts';
import { SyncDesk } from './deciding/syncdesk.ts';
import { WaitingDesk } from './deciding/waitingdesk.ts';
import { Drafts } from './editing/drafts.ts';
import { Editing } from './editing/editing.ts';
import { FolderEditing } from './editing/folderediting.ts';
import { Generating } from './generating/generating.ts';
import { History } from './history/history.ts';
import { Copying, type ClipboardPort } from './reading/copying.ts';
import { OpeningUrls, type LinkPort } from './reading/openingurls.ts';
import { Searches } from './reading/searches.ts';
import { VaultTree } from './reading/tree.ts';
import { SharingDesk } from './sharing/sharingdesk.ts';
import type { Records } from './reading/records.ts';

export interface DeskPorts {
  readonly accounts: Accounts;
  readonly records: Records;
  readonly clipboard: ClipboardPort;
  readonly links: LinkPort;
  /** How long a revealed value is shown, in milliseconds. */
  readonly hideAfterMs: () => number;
  /** Where to save; null when the person thought better of it. */
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>;
}

/** Built once, for whichever account is shown. */
export function plainDesks({ accounts, records, clipboard, links, hideAfterMs, chooseTarget }: DeskPorts) {
  const current = (): ReturnType<Accounts['current']> => accounts.current();
  const prove: Accounts['prove'] = (accountId, secret) => accounts.prove(accountId, secret);
  const editing = new Editing({ current });
  return {
    administration: new AdministrationOffer({ current }),
    bin: new BinDesk({ current }),
    conflicts: new ConflictDesk({ current, hideAfterMs }),
    copying: new Copying(records, clipboard),
    doubtedKeys: new DoubtedKeyDesk({ current }),
    drafts: new Drafts({ current }),
    editing,
    folders: new FolderEditing({ current }),
    generating: new Generating({ current, clipboard }),
    history: new History({ current, hideAfterMs, noteRead: (id) => records.noteRead(id, 'revealed') }),
    openingUrls: new OpeningUrls(current, records, links),
    ownAccount: new OwnAccountDesk({
      ...{ current, chooseTarget },
      masterPassword: () => accounts.masterPassword(),
    }),
    requests: new RequestDesk({ current }),
    roster: new RosterDesk({ current, editing }),
    searches: new Searches(current),
    sharing: new SharingDesk({ current, clipboard }),
    sync: new SyncDesk(current),
    tree: new VaultTree(current),
    trust: new TrustDesk({ current }),
    vaultAdmin: new VaultAdministration({ current }),
    waiting: new WaitingDesk({ current, prove, chooseTarget }),
  };
}
