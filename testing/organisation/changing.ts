/** People and files of an organisation that turns client-side encryption on or off. */
import { createHash } from 'node:crypto';
import { partDigest, sealPartList } from '../../main/keychain/index.ts';
import type { Converting } from './conversion.ts';
import type { Http } from './http.ts';
import type { Ledger } from './ledger.ts';
import type { Member } from './member.ts';
import { accountOf, signIn } from './member.ts';
import { sendOctets } from './octets.ts';

/** Logs somebody in, with their token for requests of bytes. */
export async function enter(
  { http, url }: { http: Http; url: string },
  person: Member['person'],
): Promise<Converting> {
  const credentials = { username: person.login, password: person.password };
  const { accessToken: token } = await http.send<{ accessToken: string }>(
    'POST',
    '/users/login',
    credentials,
  );
  return { member: await signIn(http, person), url, token };
}

/** Makes somebody's keys, as their client does when encryption is on its way; answers them logged in anew. */
export async function makeKeys(http: Http, member: Member, ledger: Ledger): Promise<Member> {
  const person = { ...member.person, masterPassword: `master-password-of-${member.person.login}` };
  // What else an account consists of is passed over where keys are set.
  await member.http.send('POST', '/users/master-key/set', await accountOf(person, ledger));
  return signIn(http, person);
}

/** Attaches a file in parts, as clients without encryption send one; answers its id. */
export async function sendPlainParts(by: Converting, itemId: string, file: Buffer, partSize: number) {
  const count = Math.ceil(file.length / partSize);
  const parts = Array.from({ length: count }, (_, index) =>
    file.subarray(index * partSize, (index + 1) * partSize),
  );
  const path = `/items/${itemId}/uploads/upload-of-a-large-file`;
  await by.member.http.send('PUT', path, { size: file.length, partCount: count });
  for (const [index, part] of parts.entries())
    await sendOctets(by, 'PUT', `${path}/parts/${index + 1}`, part);
  const digests = parts.map((part) => partDigest(part));
  const digest = createHash('sha256').update(file).digest('hex');
  const list = sealPartList({ size: file.length, partSize, digest, parts: digests }, null, null);
  const body = { name: 'large.bin', ...list, digests };
  return (await by.member.http.send<{ id: string }>('POST', `${path}/finish`, body)).id;
}
