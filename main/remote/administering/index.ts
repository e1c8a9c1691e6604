/** Administration as far as our server offers it; see the API's description, "Administration". */
export * from './permissions.ts';
