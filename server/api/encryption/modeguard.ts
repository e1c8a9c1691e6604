/**
 * A write that was made for the form of one mode must not be kept in the other. A caller is known
 * before their request waits for its turn, and meanwhile somebody may have turned client-side
 * encryption on or off: so it is looked at again where nothing else is written any more.
 */
import type { Api, Context } from '../context.ts';
import { ApiError } from '../errors.ts';

const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Looks again on every writing endpoint that is registered from now on. */
export function refuseFormerMode(app: Api, context: Context): void {
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().every((method) => readingMethods.has(method))) return;
    const { handler } = route;
    route.handler = async function (request, reply) {
      const { caller } = request;
      const organisation = caller && (await context.storage.organisations.find(caller.organisationId));
      if (organisation && organisation.clientSideEncryption !== caller.clientSideEncryption) {
        throw new ApiError(409, 'encryptionChanged', 'Client-side encryption was turned on or off.');
      }
      return handler.call(this, request, reply) as unknown;
    };
  });
}
