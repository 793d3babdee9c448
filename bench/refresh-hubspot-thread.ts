import { parentPort, workerData } from 'node:worker_threads';
import { startHubSpotSimulator } from '../local/simulator/hubspot-simulator.ts';
import { NO_LIMITS } from './portal.ts';
import { changeSome, type PortalSet, seedPortals } from './refresh-portals.ts';

const { latencyMs, set } = workerData as { readonly latencyMs: number; readonly set: PortalSet };
const simulator = await startHubSpotSimulator({ ...NO_LIMITS, latencyMs });
seedPortals(simulator.state, set);
parentPort?.on('message', (message) => {
  parentPort?.postMessage(message === 'change' ? changeSome(simulator.state) : [...simulator.violations]);
});
parentPort?.postMessage(simulator.url);
