/** What the application is and can do: settings, features, the OpenAPI document. */
import { z } from 'zod';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { direction, statedChange } from './encryption/change.ts';
import { offlinePolicySchema } from './offline.ts';
import { passwordPoliciesSchema, statedPasswordPolicies } from './passwordpolicies.ts';
import { linkPagePath } from '../linkpage/serving.ts';
import { partLimits } from './uploading.ts';

const complexity = z.object({
  minLength: z.number(),
  isDigitsRequired: z.boolean(),
  isUppercaseRequired: z.boolean(),
  isSpecialCharactersRequired: z.boolean(),
});

const noRule = { isDigitsRequired: false, isUppercaseRequired: false, isSpecialCharactersRequired: false };

/** The shortest log-in password that the server takes. */
export const shortestPassword = 8;
/** Passwork 7's default; the server never sees a master password and can only announce it. */
const shortestMasterPassword = 12;

/**
 * Features that clients may rely on. `vaultType` is Passwork's own name; the others are
 * this server's and described in docs/server-api.md.
 */
const features = [
  'vaultType',
  'masterKeyHashOptional',
  'itemPaging',
  'itemRevision',
  'itemBulkCreate',
  'snapshotList',
  'shortcutList',
  'inboxList',
  'inboxSend',
  'favorites',
  'vaultAccess',
  'sessionLogout',
  'changes',
  'idempotencyKeys',
  'bin',
  'folderMove',
  'folderNameCheck',
  'revisionPreconditions',
  'attachmentWrites',
  'attachmentRename',
  'offlinePolicy',
  'offlineReads',
  'passwordPolicies',
  'vaultTypes',
  'vaultDescription',
  'vaultSettings',
  'vaultVisibility',
  'vaultLeave',
  'vaultBin',
  'vaultRekey',
  'vaultRekeyRecords',
  'encryptionChange',
  'vaultKeyCheck',
  'accessExplained',
  'accessRequests',
  'keyFingerprints',
  'userRoles',
  'userInvites',
  'userPasswords',
  'ownAccount',
  'twoFactor',
  'masterPasswordSet',
  'masterPasswordChange',
  'masterPasswordReset',
  'inboxGroups',
  'inboxManage',
  'linkList',
  'linkOpen',
  'activityLog',
  'activityExport',
  'activityRetention',
  'directory',
].map((name) => ({ name }));

/** Files larger than the protocol's limit, and how they have to come. */
function attachmentParts(context: Context) {
  const { partSize, largestFile } = partLimits(context);
  return { name: 'attachmentParts', partSize, largestFile };
}

/** Registers the endpoints of this file. */
export function applicationRoutes(app: Api, context: Context): void {
  app.get(
    '/app/settings',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Settings of the organisation that clients follow',
        response: {
          200: z.object({
            authPasswordComplexity: complexity,
            masterPasswordComplexity: complexity,
            isClientSideEncryptionEnabled: z.boolean(),
            /** Where client-side encryption is on its way to, if it is (own addition). */
            encryptionChange: direction.nullable(),
            attachmentMaxSize: z.number(),
            offline: offlinePolicySchema,
            passwordPolicies: passwordPoliciesSchema,
          }),
        },
      },
    },
    async (request) => ({
      authPasswordComplexity: { minLength: shortestPassword, ...noRule },
      masterPasswordComplexity: { minLength: shortestMasterPassword, ...noRule },
      isClientSideEncryptionEnabled: callerOf(request).clientSideEncryption,
      encryptionChange: await statedChange(context.storage, callerOf(request).organisationId),
      attachmentMaxSize: 5 * 1024 * 1024,
      offline: await context.storage.organisations.offlinePolicy(callerOf(request).organisationId),
      passwordPolicies: await statedPasswordPolicies(context.storage, callerOf(request)),
    }),
  );

  app.get(
    '/app/features',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'Names of features, as a bare array',
        response: { 200: z.array(z.looseObject({ name: z.string() })) },
      },
    },
    async () => [...features, { name: 'linkPage', path: linkPagePath }, attachmentParts(context)],
  );

  app.get(
    '/openapi.json',
    {
      config: { needs: 'nothing', neverWrapped: true },
      schema: { summary: 'This description (own addition)', response: { 200: z.looseObject({}) } },
    },
    async () => ({ ...app.swagger(), servers: [{ url: context.address() }] }),
  );
}
