/** What the main process tells the page unasked. Payloads are checked like answers; none is secret. */
import { z } from 'zod';
import { idText, instant } from './channel.ts';
import { commandNames } from './commands.ts';
import { conversionView } from './encryptionchange.ts';
import { fileQueueView } from './filequeue.ts';
import { healthProgress } from './health.ts';
import { rekeyingView } from './rekeying.ts';
import { sessionState } from './session.ts';
import { settingsView } from './settings.ts';
import { syncStatus } from './sync.ts';

export const events = {
  /** Locked, unlocked, or another account is shown. On lock the page forgets everything. */
  sessionChanged: sessionState,
  settingsChanged: settingsView,
  syncChanged: syncStatus,
  /** The mirror changed: lists and the open record should be read again. */
  mirrorChanged: z.strictObject({ accountId: idText, recordIds: z.nullable(z.array(idText).max(500)) }),
  /** Null when the clipboard no longer holds anything of ours. */
  clipboardChanged: z.strictObject({ clearsAt: z.nullable(instant), totalMs: z.number().int() }),
  attachmentProgress: z.strictObject({
    token: idText,
    stage: z.enum(['reading', 'encrypting', 'sending', 'done', 'failed']),
    done: z.number().int(),
    total: z.number().int(),
  }),
  /** A file came along, or the queue was changed; at most a few times a second. */
  fileQueueChanged: fileQueueView,
  /** Copies of files on this device were fetched, taken away or chosen: the status is to be read again. */
  offlineFilesChanged: z.strictObject({}),
  /** How far an import or export has come, in records. */
  exchangeProgress: z.strictObject({
    stage: z.enum(['rehearsing', 'importing', 'exporting']),
    done: z.number().int(),
    total: z.number().int(),
  }),
  /** A run over the passwords began, went on or ended; null when none runs. */
  healthChanged: z.strictObject({ running: z.nullable(healthProgress) }),
  /** Vaults on their way to another key, from this device. */
  rekeyingChanged: z.strictObject({ rekeyings: z.array(rekeyingView).max(200) }),
  /** Vaults on their way to the other mode of encryption, from this device; null when none are. */
  encryptionChangeTold: z.strictObject({ conversion: z.nullable(conversionView) }),
  /** A menu or tray entry was chosen that the page carries out. */
  command: z.strictObject({ name: z.enum(commandNames) }),
  /** A record was chosen outside the main window: in the tray, in quick access, by a link. */
  recordAsked: z.strictObject({ recordId: idText }),
  /** A link of ours led nowhere; whether the record exists is not said. */
  linkRefused: z.strictObject({ reason: z.enum(['locked', 'malformed']) }),
  /** The quick-access window was shown or hidden; it begins anew each time and keeps nothing. */
  quickAccessShown: z.strictObject({ shown: z.boolean() }),
  /** The window was hidden or shown; revealed values go when it is hidden. */
  visibilityChanged: z.strictObject({ visible: z.boolean() }),
};

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;
