/**
 * The outer form of answers: `{"format":"base64","content":…}` unless the client asks
 * for raw JSON with `X-Response-Format: raw` (Passwork 7 protocol, "Base, headers,
 * envelope"). Errors are wrapped as well.
 */
import type { Api } from './context.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An answer that is never wrapped, such as the OpenAPI document. */
    neverWrapped?: boolean;
  }
}

/** Wraps every answer of the application. */
export function wrapAnswers(app: Api): void {
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('Cache-Control', 'no-store');
    reply.header('X-Content-Type-Options', 'nosniff');
    const raw = request.headers['x-response-format'] === 'raw' || request.routeOptions.config.neverWrapped;
    if (raw || typeof payload !== 'string' || payload === '') return payload;
    const content = Buffer.from(payload, 'utf8').toString('base64');
    return `{"format":"base64","content":"${content}"}`;
  });
}
