import { describe, expect, it } from 'vitest';
import { s3StoreFrom } from './s3store.ts';

const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'sesame' };

describe('the settings of an object store', () => {
  it('are Amazon’s where nothing else is said', () => {
    const store = s3StoreFrom('s3://team-files', { ...keys, AWS_REGION: 'eu-central-1' });
    expect(store).toMatchObject({ bucket: 'team-files', prefix: '', region: 'eu-central-1' });
    expect(store.addressing).toBe('virtual');
    expect(store.endpoint.href).toBe('https://s3.eu-central-1.amazonaws.com/');
    expect(store.credentials).toEqual({ accessKeyId: 'id', secretAccessKey: Buffer.from('sesame') });
  });

  it('name another store, a prefix and temporary credentials', () => {
    const store = s3StoreFrom('s3://files/strongroom/one/', {
      ...{ ...keys, AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL_S3: 'https://minio.corp.example:9000' },
    });
    expect(store).toMatchObject({ prefix: 'strongroom/one/', addressing: 'path', region: 'us-east-1' });
    expect(store.endpoint.host).toBe('minio.corp.example:9000');
    expect(store.credentials.sessionToken).toBe('token');
    const virtual = { ...keys, S3_ADDRESSING: 'virtual', AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' };
    expect(s3StoreFrom('s3://files', virtual).addressing).toBe('virtual');
  });

  it.each([
    ['http://files', {}, '--files must be'],
    ['s3://', {}, '--files must be'],
    ['s3://Not_A_Bucket', {}, '--files must be'],
    ['s3://files/a/../b', {}, 'The prefix'],
    ['s3://files/a b', {}, 'The prefix'],
    ['s3://files', { AWS_SECRET_ACCESS_KEY: '' }, 'must be set'],
    ['s3://files', { AWS_REGION: 'a b' }, 'AWS_REGION'],
    ['s3://files', { AWS_ENDPOINT_URL_S3: 'http://minio.corp.example' }, 'must begin with https'],
    ['s3://files', { AWS_ENDPOINT_URL_S3: 'https://minio.corp.example/path' }, 'without a path'],
    ['s3://files', { AWS_ENDPOINT_URL_S3: 'https://name:pass@minio.corp.example' }, 'without a path'],
    ['s3://files', { S3_ADDRESSING: 'else' }, 'S3_ADDRESSING'],
  ])('are refused: %s with %o', (address, environment, words) => {
    const attempt = () => s3StoreFrom(address, { ...keys, ...environment });
    expect(attempt).toThrow(words);
    expect(attempt).not.toThrow('sesame');
  });
});
