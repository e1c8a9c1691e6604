/**
 * The event codes that the log can be narrowed to, by what they are about (Passwork 7 protocol,
 * "Activity log entry", and the additions of our server).
 */
export const eventKinds = {
  item: [
    ...['item_created', 'item_viewed', 'item_updated', 'item_moved', 'item_moved_to_bin'],
    ...['item_restored_from_bin', 'item_deleted', 'item_shortcut_created', 'item_shortcut_deleted'],
  ],
  inboxItem: [
    ...['inboxItem_sent', 'inboxItem_access_set', 'inboxItem_revoked'],
    ...['inboxItem_userGroup_sent', 'inboxItem_userGroup_access_set', 'inboxItem_userGroup_revoked'],
  ],
  link: ['link_created', 'link_viewed', 'link_deleted'],
  vault: [
    ...['vault_created', 'vault_updated', 'vault_type_changed', 'vault_deleted', 'vault_left'],
    ...['vault_moved_to_bin', 'vault_restored_from_bin', 'vault_rekeyed', 'vaultSettings_changed'],
    ...['vault_user_access_changed', 'vault_user_access_revoked', 'vault_userGroup_access_changed'],
    ...['vault_userGroup_access_revoked', 'user_added_to_vault', 'user_removed_from_vault'],
    ...['userGroup_added_to_vault', 'userGroup_removed_from_vault'],
    ...['vaultType_created', 'vaultType_updated', 'vaultType_deleted'],
  ],
  request: ['request_created', 'request_confirmed', 'request_denied'],
  folder: [
    ...['folder_created', 'folder_updated', 'folder_moved', 'folder_moved_to_bin'],
    ...['folder_restored_from_bin', 'folder_deleted', 'folder_user_access_changed'],
    ...['folder_user_access_revoked', 'folder_userGroup_access_changed', 'folder_userGroup_access_revoked'],
  ],
  user: [
    ...['user_created', 'user_registered', 'user_updated', 'user_blocked', 'user_unblocked', 'user_deleted'],
    ...['user_password_changed', 'user_password_reset', 'user_role_changed', 'user_2fa_auth_set_up'],
    ...['user_2fa_auth_enabled', 'user_2fa_auth_disabled', 'user_2fa_reset', 'user_master_password_set'],
    ...['user_master_password_changed', 'user_master_password_reset'],
    ...['userInvite_created', 'userInvite_deleted', 'user_directory_linked'],
  ],
  session: [
    ...['session_started', 'session_finished', 'session_terminated', 'user_auth_failed'],
    ...['user_2fa_auth_failed', 'user_auth_blocked'],
  ],
  group: [
    ...['userGroup_created', 'userGroup_updated', 'userGroup_deleted', 'user_added_to_userGroup'],
    ...['user_removed_from_userGroup'],
  ],
  role: ['userRole_created', 'userRole_updated', 'userRole_deleted'],
  settings: [
    ...['settings_changed', 'directory_synced', 'encryption_change_begun', 'encryption_change_given_up'],
    ...['encryption_turned_on', 'encryption_turned_off'],
  ],
} as const satisfies Record<string, readonly string[]>;
export type EventKind = keyof typeof eventKinds;

export const eventKindNames = Object.keys(eventKinds) as EventKind[];
