/** A server in a thread of its own, so that the clients of a benchmark do not share its event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { startServer } from '../server/index.ts';

const { dataFolder, database } = workerData as { dataFolder: string; database?: string };
const server = await startServer({
  ...{ dataFolder, passwordIterations: 1_000, requestRate: { perSecond: 1_000_000, burst: 1_000_000 } },
  ...(database === undefined ? {} : { database }),
});
parentPort?.once('message', () => {
  void server.close().then(() => parentPort?.postMessage('closed'));
});
parentPort?.postMessage(server.url);
