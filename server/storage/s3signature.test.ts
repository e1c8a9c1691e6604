/** The examples of the Amazon S3 API reference, "Examples: Signature Calculations". */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { authorisation, encodedPath, encodedQuery, signingTime } from './s3signature.ts';

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: Buffer.from('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
};
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const common = {
  host: 'examplebucket.s3.amazonaws.com',
  'x-amz-date': signingTime(new Date('2013-05-24T00:00:00Z')),
};

it.each([
  {
    request: { method: 'GET', path: '/test.txt', query: {}, headers: { range: 'bytes=0-9' } },
    ...{ body: '', names: 'host;range;x-amz-content-sha256;x-amz-date' },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    request: {
      ...{ method: 'PUT', path: '/test$file.text', query: {} },
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    },
    body: 'Welcome to Amazon S3.',
    names: 'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    request: { method: 'GET', path: '/', query: { lifecycle: '' }, headers: {} },
    ...{ body: '', names: 'host;x-amz-content-sha256;x-amz-date' },
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    request: { method: 'GET', path: '/', query: { prefix: 'J', 'max-keys': '2' }, headers: {} },
    ...{ body: '', names: 'host;x-amz-content-sha256;x-amz-date' },
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
])('signs $request.method $request.path as published', ({ request, body, names, signature }) => {
  const headers = { ...common, ...request.headers, 'x-amz-content-sha256': digestOf(body) };
  expect(authorisation({ ...request, headers }, credentials, 'us-east-1')).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names},Signature=${signature}`,
  );
});

it('encodes all but what needs no encoding', () => {
  expect(encodedPath("/a b/ключ'(1)*~.txt")).toBe('/a%20b/%D0%BA%D0%BB%D1%8E%D1%87%27%281%29%2A~.txt');
  expect(encodedQuery({ prefix: 'a/b=c', 'list-type': '2' })).toBe('list-type=2&prefix=a%2Fb%3Dc');
});
