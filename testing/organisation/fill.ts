/**
 * Fills a server with the sample organisation, as a process of its own.
 *
 * Reads `{"url", "setupToken"}` from the standard input, so that the token stands in no
 * argument list, and prints the accounts as JSON. With `--list` it only prints them.
 */
import { text } from 'node:stream/consumers';
import { demoAccounts } from './cast.ts';
import { buildSampleOrganisation } from './sample.ts';

const { url, setupToken } = JSON.parse(await text(process.stdin)) as { url: string; setupToken: string };
if (!process.argv.includes('--list')) {
  const started = performance.now();
  const sample = await buildSampleOrganisation(url, setupToken);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`Sample: ${sample.records.length} records in ${sample.vaults.length} vaults, ${seconds} s.`);
}
console.log(JSON.stringify(demoAccounts()));
