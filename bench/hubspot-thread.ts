import { parentPort, workerData } from 'node:worker_threads';
import { startHubSpotSimulator } from '../local/simulator/hubspot-simulator.ts';
import { type Contacts, NO_LIMITS, seedContacts } from './portal.ts';

const { latencyMs, contacts } = workerData as { readonly latencyMs: number; readonly contacts: Contacts };
const simulator = await startHubSpotSimulator({ ...NO_LIMITS, latencyMs });
seedContacts(simulator.state, contacts);
parentPort?.postMessage(simulator.url);
