/** Administration as far as our server offers it; see the API's description, "Administration". */
export * from './permissions.ts';
export * from './inbox.ts';
export * from './links.ts';
export * from './receivers.ts';
export * from './sharingrefusals.ts';
