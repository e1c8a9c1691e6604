/**
 * Which bucket attachments are kept in, and how it is reached. The bucket comes from the command
 * line; everything else comes from the environment, under the names that other S3 clients read too,
 * so that no credential stands in the list of processes.
 */
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { S3Credentials } from './s3signature.ts';

export interface S3Store {
  /** Scheme, host and port, without the bucket. */
  readonly endpoint: URL;
  readonly region: string;
  readonly bucket: string;
  /** What names of objects begin with: empty, or ending with a slash. */
  readonly prefix: string;
  /** Whether the bucket stands in the path or in front of the host's name. */
  readonly addressing: 'path' | 'virtual';
  readonly credentials: S3Credentials;
  /** The clock of signatures, in milliseconds; the system's where it is absent. */
  readonly now?: () => number;
  /** How hosts' names are resolved; by the system where it is absent. */
  readonly lookup?: LookupFunction;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Amazon's rules for new buckets; the stores that speak its protocol keep to them. */
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that need no encoding in an address and none in a listing. */
const prefixForm = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/;
const regionForm = /^[a-z0-9-]{1,40}$/;

function bucketAndPrefix(address: string): Pick<S3Store, 'bucket' | 'prefix'> {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(address);
  const bucket = match?.[1] ?? '';
  const rest = (match?.[2] ?? '').replace(/\/$/, '');
  const prefix = rest === '' ? '' : `${rest}/`;
  if (!bucketForm.test(bucket)) throw new Error('--files must be s3://BUCKET or s3://BUCKET/PREFIX.');
  if (!prefixForm.test(prefix)) {
    throw new Error('The prefix of --files may have letters, digits, dots, hyphens and underscores only.');
  }
  return { bucket, prefix };
}

function credentialsIn(environment: Environment): S3Credentials {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secret = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secret) {
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set for --files.');
  }
  return { accessKeyId, secretAccessKey: Buffer.from(secret), ...(sessionToken ? { sessionToken } : {}) };
}

const isOwnMachine = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

/** The endpoint that is set, or Amazon's of the region. Only this machine is spoken to without TLS. */
function endpointIn(environment: Environment, region: string): URL {
  const given = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'];
  if (!given) return new URL(`https://s3.${region}.amazonaws.com`);
  const isAddress = URL.canParse(given);
  const endpoint = isAddress ? new URL(given) : null;
  const isBare = endpoint?.pathname === '/' && endpoint.search === '' && endpoint.username === '';
  if (!endpoint || !isBare) throw new Error('AWS_ENDPOINT_URL_S3 must be an address without a path.');
  if (endpoint.protocol === 'http:' && !isOwnMachine(endpoint.hostname)) {
    throw new Error('AWS_ENDPOINT_URL_S3 must begin with https:// unless it is this machine.');
  }
  if (!['http:', 'https:'].includes(endpoint.protocol)) {
    throw new Error('AWS_ENDPOINT_URL_S3 must begin with https://.');
  }
  return endpoint;
}

function addressingIn(environment: Environment): S3Store['addressing'] {
  const given = environment['S3_ADDRESSING'];
  if (given === 'path' || given === 'virtual') return given;
  if (given !== undefined && given !== '') throw new Error('S3_ADDRESSING must be path or virtual.');
  return environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] ? 'path' : 'virtual';
}

/** Reads `s3://BUCKET/PREFIX` and the environment. Throws on what cannot be used, without repeating it. */
export function s3StoreFrom(address: string, environment: Environment): S3Store {
  const place = bucketAndPrefix(address);
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1';
  if (!regionForm.test(region)) throw new Error('AWS_REGION must be the name of a region.');
  return {
    ...place,
    region,
    endpoint: endpointIn(environment, region),
    addressing: addressingIn(environment),
    credentials: credentialsIn(environment),
  };
}
