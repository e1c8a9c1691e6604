/** What a person does, as the floors above call it. */
export { Accounts, type AccountsOptions } from './accounts.ts';
export { Attachments, type AttachmentsOptions, type FileDialogs } from './attachments.ts';
export { AttachmentThread } from './attachmentthread.ts';
export { BinDesk } from './bindesk.ts';
export { ConflictDesk } from './conflictdesk.ts';
export { Copying, type ClipboardPort } from './copying.ts';
export { Editing } from './editing.ts';
export { FolderEditing } from './folderediting.ts';
export { OpeningUrls, type LinkPort } from './openingurls.ts';
export { Records } from './records.ts';
export { Settings } from './settings.ts';
export { SyncDesk } from './syncdesk.ts';
export { VaultTree } from './tree.ts';
export { WaitingDesk } from './waitingdesk.ts';
