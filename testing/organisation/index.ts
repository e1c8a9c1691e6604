/** The builders of sample data for demos, suites and benches. */
export { demoAccounts, people, plainPerson } from './cast.ts';
export type { SamplePerson } from './cast.ts';
export { httpClient, inParallel, RequestFailed } from './http.ts';
export type { Credentials, Http } from './http.ts';
export { buildLargeVaults } from './large.ts';
export type { LargeVaults } from './large.ts';
export type { SampleSecret, SecretKind } from './ledger.ts';
export { createVault, encryptedRecord, signIn, wrapFor, writeRecord } from './member.ts';
export type { Member, OpenVault, WrittenRecord } from './member.ts';
export { sampleRecord } from './lookup.ts';
export { buildSampleOrganisation } from './sample.ts';
export type { SampleOptions, SampleOrganisation, SampleUser, SampleVault } from './sample.ts';
export { startTrialServer, trialOrganisation } from './trial.ts';
export type { TrialOrganisation, TrialServer } from './trial.ts';
