/**
 * Errors in the form of the Passwork 7 API: `{"errors":[{code, field, message}]}`.
 *
 * A message is a fixed sentence. It never repeats what the client sent, because what it
 * sends may be secret and what is answered may be logged.
 */
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { FilesUnreachable } from '../storage/fileplace.ts';

export interface ErrorEntry {
  code: string;
  field: string;
  message: string;
}

/** A refusal that the client is told about. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string;

  constructor(status: number, code: string, message: string, field = '') {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** The object does not exist, or the caller may not know that it does. */
export function notFound(): ApiError {
  return new ApiError(404, 'notFound', 'There is no such object.');
}

/** The caller sees the object but lacks the right. */
export function forbidden(right: string): ApiError {
  return new ApiError(403, 'accessDenied', `This needs the right "${right}".`);
}

/** The request is understood and cannot be accepted; `field` names the member at fault. */
export function invalid(code: string, field: string, message: string): ApiError {
  return new ApiError(400, code, message, field);
}

const single = (status: number, code: string, message: string, field = '') => ({
  status,
  errors: [{ code, field, message }],
});

/** Turns whatever a handler threw into a status and error entries. */
export function describeError(error: FastifyError | ApiError | Error): {
  status: number;
  errors: ErrorEntry[];
} {
  if (error instanceof ApiError) return single(error.status, error.code, error.message, error.field);
  if (error instanceof FilesUnreachable) {
    return single(503, 'filesUnreachable', 'Attachments cannot be reached now. Try again later.');
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      code: 'validationFailed',
      field: issue.instancePath.split('/').filter(Boolean).join('.'),
      message: issue.message ?? 'The value is not acceptable.',
    }));
    return { status: 400, errors };
  }
  const code = 'code' in error ? error.code : '';
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return single(413, 'bodyTooLarge', 'The request is larger than this server accepts.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return single(415, 'unsupportedMediaType', 'A body must be JSON.');
  }
  if (error instanceof SyntaxError || (status >= 400 && status < 500)) {
    return single(400, 'malformedRequest', 'The request could not be read.');
  }
  return single(500, 'internalError', 'The server could not do this. Its log says more.');
}
