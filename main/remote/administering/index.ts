/** Administration as far as our server offers it; see the API's description, "Administration". */
export * from './access.ts';
export * from './permissions.ts';
export * from './inbox.ts';
export * from './links.ts';
export * from './receivers.ts';
export * from './sharingrefusals.ts';
export * from './groups.ts';
export * from './invitation.ts';
export * from './ownaccount.ts';
export * from './people.ts';
export * from './refusals.ts';
export * from './rekeying.ts';
export * from './requests.ts';
export * from './activity.ts';
export * from './vaults.ts';
export * from './vaulttypes.ts';
