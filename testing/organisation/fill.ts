/**
 * Fills a server with the sample organisation, as a process of its own.
 *
 * Reads `{"url", "setupToken"}` from the standard input, so that the token stands in no
 * argument list, and prints the accounts as JSON. A server that has the sample already is
 * left as it is; another one is filled only with `--may-fill`.
 */
import { text } from 'node:stream/consumers';
import { demoAccounts, plainPerson } from './cast.ts';
import { httpClient, RequestFailed } from './http.ts';
import { buildSampleOrganisation } from './sample.ts';

/** Whether the account that is created last can log in. */
async function isComplete(url: string): Promise<boolean> {
  const { login, password } = plainPerson;
  try {
    await httpClient(url).send('POST', '/users/login', { username: login, password });
    return true;
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 401) return false;
    throw error;
  }
}

async function run(): Promise<void> {
  const { url, setupToken } = JSON.parse(await text(process.stdin)) as { url: string; setupToken: string };
  const mayFill = process.argv.includes('--may-fill');
  if (mayFill) {
    const started = performance.now();
    const sample = await buildSampleOrganisation(url, setupToken);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.error(
      `Sample: ${sample.records.length} records in ${sample.vaults.length} vaults, ${seconds} s.`,
    );
  } else if (!(await isComplete(url))) {
    throw new Error('The data folder holds something else than the whole sample. Choose an empty one.');
  }
  console.log(JSON.stringify(demoAccounts()));
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'The sample could not be made.');
  process.exit(1);
});
