import type { Flood, FloodOutcome } from './flood.ts';
import type { HubSpotApi, OwnerPage, OwnerRow } from './hubspot-api.ts';
import { runFlood, type Way } from './run-flood.ts';

const PAGE = 100;
const MOST_PAGES = 20;

/**
 * What people paste into a custom code action: every run pages through the owners and sets the one it finds. It catches
 * whatever goes wrong, a 429 too, so HubSpot sees a run that ended and does not send it again.
 */
function pastedSnippet({ activeOwners }: Flood): Way {
  return {
    name: `pasted snippet, pages of ${activeOwners} owners`,
    async start(hubspot) {
      return async ({ id, email }) => {
        const owners = await listOwners(hubspot);
        const owner = owners?.find((each) => each.email === email);
        if (owner === undefined) return 'FAIL_CONTINUE';
        const { status } = await hubspot.setOwner(id, owner.id);
        return status === 200 ? 'SUCCESS' : 'FAIL_CONTINUE';
      };
    },
  };
}

/** Undefined when a page could not be had. */
async function listOwners(hubspot: HubSpotApi): Promise<OwnerRow[] | undefined> {
  const owners: OwnerRow[] = [];
  let after: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { status, body } = await hubspot.listOwners({
      limit: String(PAGE),
      ...(after === undefined ? {} : { after }),
    });
    if (status !== 200) return undefined;
    const { results, paging } = body as OwnerPage;
    owners.push(...results);
    after = paging?.next.after;
    if (after === undefined) break;
  }
  return owners;
}

export const measurePastedSnippet = (flood: Flood): Promise<FloodOutcome> => runFlood(flood, pastedSnippet(flood));
