/** What a person does, as the floors above call it. */
export { Accounts, type AccountsOptions } from './accounts/accounts.ts';
export { Attachments, type AttachmentsOptions, type FileDialogs } from './files/attachments.ts';
export { AttachmentThread } from './files/attachmentthread.ts';
export { BinDesk } from './deciding/bindesk.ts';
export { Codes, type ScreenPort } from './reading/codes.ts';
export { ConflictDesk } from './deciding/conflictdesk.ts';
export { Copying, type ClipboardPort } from './reading/copying.ts';
export { Drafts } from './editing/drafts.ts';
export { Editing } from './editing/editing.ts';
export { FolderEditing } from './editing/folderediting.ts';
export { History } from './history/history.ts';
export { OpeningUrls, type LinkPort } from './reading/openingurls.ts';
export { Records } from './reading/records.ts';
export { Searches } from './reading/searches.ts';
export { Settings } from './accounts/settings.ts';
export { SyncDesk } from './deciding/syncdesk.ts';
export { VaultTree } from './reading/tree.ts';
export { WaitingDesk } from './deciding/waitingdesk.ts';
