/**
 * The floors of the house: who may import whom.
 *
 * A folder may import from itself and from what its row names. The lint rule in
 * `eslint.config.ts` is made from this table and has no exceptions for product code;
 * `floors.test.ts` proves that the rule bites.
 */
export const floors: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  'main/keychain': [],
  'main/strength': ['contract', 'main/keychain'],
  'main/exchange': ['contract', 'main/keychain'],
  'main/custody': ['contract', 'main/keychain'],
  'main/mirror': ['contract', 'main/keychain'],
  'main/remote': ['contract', 'main/keychain'],
  'main/sync': ['contract', 'main/keychain', 'main/custody', 'main/mirror', 'main/remote'],
  'main/vaults': [
    'contract',
    'main/keychain',
    'main/strength',
    'main/exchange',
    'main/custody',
    'main/mirror',
    'main/remote',
    'main/sync',
  ],
  'main/bridge': [
    'contract',
    'main/keychain',
    'main/strength',
    'main/exchange',
    'main/custody',
    'main/mirror',
    'main/remote',
    'main/sync',
    'main/vaults',
  ],
  'main/desktop': [
    'contract',
    'main/keychain',
    'main/strength',
    'main/exchange',
    'main/custody',
    'main/mirror',
    'main/remote',
    'main/sync',
    'main/vaults',
    'main/bridge',
  ],
  preload: ['contract'],
  renderer: ['contract', 'resources'],
  server: [],
};

/** The only places that may know that Electron exists. */
export const electronRooms: readonly string[] = ['main/desktop/**', 'main/index.ts', 'preload/**'];
