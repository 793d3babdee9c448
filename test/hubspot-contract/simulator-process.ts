import { startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { seedTestAccount } from './use-ground.ts';

/**
 * A simulator in a process of its own, with a test account. Sends its address and what opens it to its parent, and stays up. Its
 * limit is so high that no run waits for a window that an earlier one used up.
 */
const simulator = await startHubSpotSimulator({ recordLifecycle: 'open', burstLimit: 10_000 });
process.send?.({ url: simulator.url, oauth: seedTestAccount(simulator) });
process.once('disconnect', () => void simulator.close());
