/** The codes of the activity log: Passwork 7 protocol, section "Activity log entry". */
export const activityEvents = [
  ...['item_created', 'item_viewed', 'item_updated', 'item_moved', 'item_moved_to_bin'],
  ...['item_restored_from_bin', 'item_deleted', 'item_shortcut_created', 'item_shortcut_deleted'],
  ...['inboxItem_sent', 'inboxItem_access_set', 'inboxItem_revoked'],
  ...['inboxItem_userGroup_sent', 'inboxItem_userGroup_access_set', 'inboxItem_userGroup_revoked'],
  ...['link_created', 'link_viewed', 'link_deleted'],
  ...['vault_created', 'vault_updated', 'vault_type_changed', 'vault_deleted', 'vault_left'],
  ...['vault_user_access_changed', 'vault_user_access_revoked'],
  ...['vault_userGroup_access_changed', 'vault_userGroup_access_revoked'],
  ...['user_added_to_vault', 'user_removed_from_vault'],
  ...['userGroup_added_to_vault', 'userGroup_removed_from_vault', 'request_created', 'request_denied'],
  ...['vaultType_created', 'vaultType_updated', 'vaultType_deleted', 'vaultSettings_changed'],
  ...['folder_created', 'folder_updated', 'folder_moved', 'folder_moved_to_bin'],
  ...['folder_restored_from_bin', 'folder_deleted'],
  ...['folder_user_access_changed', 'folder_user_access_revoked'],
  ...['folder_userGroup_access_changed', 'folder_userGroup_access_revoked'],
  ...['user_created', 'user_registered', 'user_updated', 'user_blocked', 'user_unblocked', 'user_deleted'],
  ...['user_password_changed', 'user_password_reset', 'user_role_changed'],
  ...['user_2fa_auth_set_up', 'user_2fa_auth_enabled', 'user_2fa_auth_disabled', 'user_2fa_reset'],
  ...['user_auth_failed', 'user_2fa_auth_failed', 'user_auth_blocked'],
  ...['session_started', 'session_finished', 'session_terminated'],
  ...['userGroup_created', 'userGroup_updated', 'userGroup_deleted'],
  ...['user_added_to_userGroup', 'user_removed_from_userGroup', 'userInvite_created', 'userInvite_deleted'],
  ...['userRole_created', 'userRole_name_changed', 'userRole_updated', 'userRole_deleted'],
  ...['settings_changed'],
  // Not among the published codes: the documentation has none for what they name.
  ...['vault_moved_to_bin', 'vault_restored_from_bin', 'vault_rekeyed', 'request_confirmed'],
  ...['directory_synced', 'user_directory_linked'],
  ...['encryption_change_begun', 'encryption_change_given_up'],
  ...['encryption_turned_on', 'encryption_turned_off'],
  ...['user_master_password_set', 'user_master_password_changed', 'user_master_password_reset'],
] as const;

/** A code of the activity log, as far as this server writes them. */
export type ActivityEvent = (typeof activityEvents)[number];
