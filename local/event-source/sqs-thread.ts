import { parentPort } from 'node:worker_threads';
import { buildApp } from 'fauxqs';
import { refusePages } from '../refuse-pages.ts';
import { keepMessageGroups } from './message-groups.ts';

/**
 * The queue engine, in a thread of its own. `buildApp` and not `startFauxqs`: the latter listens on every interface
 * of the machine. A free port, which the starter learns by message.
 */
const engine = buildApp({ logger: false });
keepMessageGroups(engine);
refusePages(engine.server);
const url = await engine.listen({ port: 0, host: '127.0.0.1' });
parentPort?.postMessage(url);
