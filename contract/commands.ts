/**
 * Commands that the system's menu may ask of the page. The page's own table of commands says which
 * keys they have and what they do; a test holds the two to each other.
 */

/** In the order of the menus. */
export const commandNames = [
  'create',
  'createFolder',
  'generate',
  'health',
  'shared',
  'administer',
  'importFile',
  'exportFile',
  'sync',
  'settings',
  'edit',
  'move',
  'copy',
  'favourite',
  'tags',
  'remove',
  'copyPassword',
  'copyLogin',
  'copyCode',
  'search',
  'palette',
  'saveSearch',
  'goAll',
  'goFavourites',
  'goRecent',
  'goInbox',
  'goShortcuts',
  'goBin',
  'shortcuts',
  'addAccount',
] as const;
export type CommandName = (typeof commandNames)[number];
