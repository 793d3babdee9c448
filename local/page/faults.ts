import type { Faults } from '../simulator/faults.ts';
import type { HubSpotState } from './desk-api.ts';

const ALWAYS = { seed: 1 } as const;

/** HubSpot as the workbench wants it: every call fails, every call meets the rate limit, or none does. */
export function setHubSpot(faults: Faults, state: HubSpotState): void {
  faults.clear();
  if (state === 'down') faults.chaos({ ...ALWAYS, shares: { status5xx: 1 } });
  if (state === 'limited') faults.chaos({ ...ALWAYS, shares: { status429: 1 } });
}
