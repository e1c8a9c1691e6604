/**
 * The server on the command line.
 *
 *     npm run server -- --port 8443 --data ./data [--host 127.0.0.1]
 *                       [--tls-cert FILE --tls-key FILE] [--log-file FILE]
 *                       [--public-url URL] [--behind-proxy] [--syslog udp://HOST:PORT]
 *                       [--largest-file MIB] [--database postgres://...]
 *                       [--files s3://BUCKET/PREFIX] [--demo]
 *     npm run server -- rotate-key --data ./data [--database postgres://...]
 *                       [--files s3://BUCKET/PREFIX]
 *
 * The database may come as `DATABASE_URL` as well, which keeps its password out of the list of
 * processes. What an object store needs besides the bucket comes from the environment only.
 *
 * With `--demo` the standard output carries one JSON line and nothing else, so that
 * another program can read it; everything for people goes to the error stream.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RunningServer, ServerOptions } from './index.ts';
import { startServer } from './index.ts';
import { rotateKey } from './rotation/command.ts';
import { s3StoreFrom } from './storage/s3store.ts';
import { parseSyslogTarget } from './syslog/sender.ts';

const usage =
  'Usage: npm run server -- --port N --data DIR [--host H] [--tls-cert F --tls-key F] [--log-file F]' +
  ' [--public-url URL] [--behind-proxy] [--syslog udp://HOST:PORT] [--largest-file MIB]' +
  ' [--database postgres://...] [--files s3://BUCKET/PREFIX] [--demo]\n' +
  '       npm run server -- rotate-key --data DIR [--database postgres://...] [--files s3://BUCKET/PREFIX]';

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '8080' },
      data: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'log-file': { type: 'string' },
      'public-url': { type: 'string' },
      'behind-proxy': { type: 'boolean', default: false },
      syslog: { type: 'string' },
      'largest-file': { type: 'string' },
      database: { type: 'string' },
      files: { type: 'string' },
      demo: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a port number.');
  if (!values.data) throw new Error('--data must name the data folder.');
  if (!values['tls-cert'] !== !values['tls-key']) throw new Error('--tls-cert and --tls-key go together.');
  const largestFile = bytesOf(values['largest-file']);
  const database = values.database ?? process.env['DATABASE_URL'];
  const [command = 'serve', ...rest] = positionals;
  if (rest.length > 0 || !['serve', 'rotate-key'].includes(command))
    throw new Error('There is no such command.');
  const files = values.files === undefined ? undefined : s3StoreFrom(values.files, process.env);
  return { ...values, command, port, data: values.data, largestFile, database, files };
}

/** Mebibytes as bytes; undefined where nothing was said. */
function bytesOf(mebibytes: string | undefined): number | undefined {
  if (mebibytes === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(mebibytes)) throw new Error('--largest-file must be a number of MiB.');
  return Number(mebibytes) * 1024 * 1024;
}

function optionsFrom(given: ReturnType<typeof readArguments>): ServerOptions {
  const certificateFile = given['tls-cert'];
  const keyFile = given['tls-key'];
  return {
    dataFolder: given.data,
    port: given.port,
    host: given.host,
    logToStderr: true,
    behindProxy: given['behind-proxy'],
    ...(given['log-file'] === undefined ? {} : { logFile: given['log-file'] }),
    ...(given.syslog === undefined ? {} : { syslog: parseSyslogTarget(given.syslog) }),
    ...(given.database === undefined ? {} : { database: given.database }),
    ...(given.files === undefined ? {} : { files: given.files }),
    ...(given['public-url'] === undefined ? {} : { publicUrl: given['public-url'] }),
    ...(given.largestFile === undefined ? {} : { attachmentParts: { largestFile: given.largestFile } }),
    ...(certificateFile && keyFile ? { tls: { certificateFile, keyFile } } : {}),
  };
}

/**
 * Fills a new data folder with the sample organisation, or only lists its accounts where
 * it stands already. This runs in a process of its own that speaks HTTP like any client: the server's process
 * never holds a key. Answers the line that the process prints.
 */
function sampleUsers(server: RunningServer, given: ReturnType<typeof readArguments>): Promise<unknown> {
  const script = fileURLToPath(new URL('../testing/organisation/fill.ts', import.meta.url));
  const certificate = given['tls-cert'];
  const child = spawn(process.execPath, [script, ...(server.isNew ? ['--may-fill'] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(certificate ? { NODE_EXTRA_CA_CERTS: certificate } : {}) },
  });
  const setupToken = readFileSync(join(given.data, 'setup_token'), 'utf8').trim();
  child.stdin.end(JSON.stringify({ url: server.url, setupToken }));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error('The sample organisation could not be made.'));
    });
  });
}

/** Changes the at-rest key; an interrupt stops it after the portion at hand, and the next call goes on. */
async function changeKey(given: ReturnType<typeof readArguments>): Promise<void> {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (isStopping = true));
  const isDone = await rotateKey({
    ...{ dataFolder: given.data, tell: (line: string) => console.log(line), isStopping: () => isStopping },
    ...(given.database === undefined ? {} : { database: given.database }),
    ...(given.files === undefined ? {} : { files: given.files }),
  });
  console.log(
    isDone
      ? 'Done. The former key stands beside the new one as ".former": backups from before need it.'
      : 'Stopped on the way. Run it again to go on; the server does not start before it is done.',
  );
  if (!isDone) process.exitCode = 3;
}

async function run(): Promise<void> {
  const given = readArguments();
  if (given.command === 'rotate-key') return changeKey(given);
  const server = await startServer(optionsFrom(given));
  const stop = () => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (given.demo) {
    if (!['127.0.0.1', '::1', 'localhost'].includes(given.host)) {
      console.error('Anybody who reaches this address can log in: the accounts of the sample are published.');
    }
    const users = await sampleUsers(server, given);
    console.log(JSON.stringify({ url: server.url, users }));
  } else {
    console.log(`Listening at ${server.url}`);
  }
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : 'The server could not start.');
  console.error(usage);
  process.exit(1);
});
