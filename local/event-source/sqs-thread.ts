import { parentPort } from 'node:worker_threads';
import { buildApp } from 'fauxqs';

/**
 * The queue engine, in a thread of its own. `buildApp` and not `startFauxqs`: the latter listens on every interface
 * of the machine. A free port, which the starter learns by message.
 */
const url = await buildApp({ logger: false }).listen({ port: 0, host: '127.0.0.1' });
parentPort?.postMessage(url);
