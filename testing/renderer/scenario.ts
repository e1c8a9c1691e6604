/** What the scripted bridge is to play. Given to the page as JSON before its first line runs. */
import type { SettingsView } from '../../contract/settings.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { LockReason } from '../../contract/session.ts';
import type { EnrolmentStep } from '../../contract/accounts.ts';
import type { EncryptionDirection } from '../../contract/encryptionchange.ts';

export interface Scenario {
  readonly accounts: number;
  /** Accounts whose files cannot be read. */
  readonly damaged: readonly string[];
  readonly unlocked: boolean;
  readonly lockReason: LockReason;
  /** No record has arrived yet. */
  readonly empty: boolean;
  readonly clientSideEncryption: boolean;
  readonly settings: Partial<SettingsView>;
  readonly sync: Partial<SyncStatus>;
  /** Calls that fail, by `feature.verb`. */
  readonly failing: Readonly<Record<string, ErrorCode>>;
  /** Calls that never answer, by `feature.verb`. */
  readonly hanging: readonly string[];
  /** Whether the inspected server's certificate is one the system trusts. */
  readonly trusted: boolean;
  readonly enrolment: EnrolmentStep['needs'];
  /** There is a copy of the account here already. */
  readonly knownHere: boolean;
  /** The second factor of the shown account is in force. */
  readonly twoFactor: boolean;
  /** How many of the sample's waiting changes there are; null for all of them. */
  readonly waiting: number | null;
  /** The conflicts that wait, by id; null for all of the sample's. */
  readonly conflicts: readonly string[] | null;
  /** Names in forms that were open at the last lock. */
  readonly drafts: readonly string[];
  /** The copy stays shut after so many days without contact; null while it opens. */
  readonly offlineTermDays: number | null;
  /** Another program has the key of quick access. */
  readonly quickKeyTaken: boolean;
  /** Server and vault have rules about passwords. */
  readonly ruled: boolean;
  /** The person's role allows everything that can be administered. */
  readonly administers: boolean;
  /** What the server announced, as far as a screen of administration looks at it. */
  readonly features: readonly string[];
  /** A change of client-side encryption: its direction, how far the person is, and the last one. */
  readonly encryption: {
    readonly direction: EncryptionDirection | null;
    readonly keys: 'missing' | 'here' | 'elsewhere';
    readonly conversion: 'running' | 'stopped' | 'done' | null;
    /** Every vault of the organisation is ready. */
    readonly ready: boolean;
    readonly last: EncryptionDirection | null;
  };
  /** The codes of one-time codes on each screen of this computer. */
  readonly screens: readonly (readonly ('left' | 'right')[])[];
}

export const noChange: Scenario['encryption'] = {
  ...{ direction: null, keys: 'here', conversion: null, ready: false, last: null },
};

export const plainScenario: Scenario = {
  accounts: 1,
  damaged: [],
  unlocked: true,
  lockReason: 'start',
  empty: false,
  clientSideEncryption: true,
  settings: {},
  sync: {},
  failing: {},
  hanging: [],
  trusted: true,
  enrolment: 'masterPassword',
  knownHere: false,
  twoFactor: false,
  waiting: 0,
  conflicts: [],
  drafts: [],
  offlineTermDays: null,
  quickKeyTaken: false,
  ruled: false,
  administers: false,
  features: [],
  encryption: noChange,
  screens: [],
};
