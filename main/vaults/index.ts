/** What a person does, as the floors above call it. */
export { Accounts, type AccountsOptions } from './accounts.ts';
export { Attachments, type AttachmentsOptions, type FileDialogs } from './attachments.ts';
export { AttachmentThread } from './attachmentthread.ts';
export { Copying, type ClipboardPort } from './copying.ts';
export { OpeningUrls, type LinkPort } from './openingurls.ts';
export { Records } from './records.ts';
export { Settings } from './settings.ts';
export { SyncDesk } from './syncdesk.ts';
export { VaultTree } from './tree.ts';
