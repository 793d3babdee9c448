import type { Flood, FloodOutcome } from './flood.ts';
import type { OwnerPage } from './hubspot-api.ts';
import { runFlood, type Way } from './run-flood.ts';

/**
 * An action of one's own without memory: it looks the email up, sets the owner, and answers every error with a 5xx, so
 * that HubSpot sends the execution again by its schedule.
 */
const LOOKUP_EACH_TIME: Way = {
  name: 'look up by email, then PATCH',
  async start(hubspot) {
    return async ({ id, email }) => {
      const found = await hubspot.listOwners({ email });
      if (found.status !== 200) return 'RETRY';
      const [owner] = (found.body as OwnerPage).results;
      if (owner === undefined) return 'FAIL_CONTINUE';
      const { status } = await hubspot.setOwner(id, owner.id);
      return status === 200 ? 'SUCCESS' : 'RETRY';
    };
  },
};

export const measureLookupEachTime = (flood: Flood): Promise<FloodOutcome> => runFlood(flood, LOOKUP_EACH_TIME);
