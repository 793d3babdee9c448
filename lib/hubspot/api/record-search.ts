import { RECORDS_PER_SEARCH_PAGE } from '../../domain/batch-sizes.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import { type ObjectId, type ObjectTypeId, type OwnerId, type PortalId, parseObjectId } from '../../domain/ids.ts';
import { asJsonObject } from '../../domain/json-object.ts';
import type { RecordSearch } from '../../ports/handovers.ts';
import type { Now, Sleep } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply, sdkRequests, unknownShape } from '../sdk-requests.ts';

const API = 'the search API';
/** Five searches a second for the whole account (usage guidelines, read 2026-11-26): one is left to everybody else. */
const SEARCH_INTERVAL_MS = 250;

/**
 * HubSpot's search (search guide, read 2026-11-26), which finds 10,000 records of a query at most. So a page begins behind the
 * highest ID of the page before it, and not at a number. Whether HubSpot sorts IDs as numbers is not documented: a page in any
 * other order is refused, because records would be missed.
 */
export function createRecordSearch(
  send: SendForPortal,
  apiBaseUrl: string,
  { now, sleep }: { readonly now: Now; readonly sleep: Sleep },
): RecordSearch {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { SearchApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/objects/apis/SearchApi.js');
    return SearchApiRequestFactory;
  });
  let nextAtEpochMs = 0;

  return {
    async findOwned(portalId, objectType, property, ownerId, after, deadlineEpochMs) {
      const asked = { portalId, objectType, property, ownerId, after, limit: RECORDS_PER_SEARCH_PAGE };
      const { ids } = await find(asked, deadlineEpochMs);
      let last = BigInt(after ?? 0);
      for (const id of ids) {
        if (BigInt(id) <= last) throw new UpstreamContractError(`${API} does not sort by ID`);
        last = BigInt(id);
      }
      return ids;
    },

    async countOwned(portalId, objectType, property, ownerId, deadlineEpochMs) {
      const asked = { portalId, objectType, property, ownerId, after: undefined, limit: 1 };
      return (await find(asked, deadlineEpochMs)).total;
    },
  };

  async function find(asked: Asked, deadlineEpochMs: number) {
    const { portalId, objectType, property, ownerId, after, limit } = asked;
    const owned = { propertyName: property, operator: 'EQ', value: ownerId };
    const behind = after === undefined ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: after }];
    const query = {
      filterGroups: [{ filters: [owned, ...behind] }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
      properties: ['hs_object_id'],
      limit,
    };
    // The SDK's types name an enumeration for the operators and texts for the sorts; the wire takes these (search guide).
    const request = await toRequest((sdk) => sdk.doSearch(objectType, query as never));
    await waitForTurn();
    const reply = await send(portalId, request, deadlineEpochMs, { hasOwnLimit: true });
    return parseReply(reply, read, API);
  }

  /** Searches of this container only: HubSpot refuses those of several that are too many together, and they wait. */
  async function waitForTurn(): Promise<void> {
    const waitMs = nextAtEpochMs - now();
    nextAtEpochMs = Math.max(nextAtEpochMs, now()) + SEARCH_INTERVAL_MS;
    if (waitMs > 0) await sleep(waitMs);
  }
}

type Asked = {
  readonly portalId: PortalId;
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly ownerId: OwnerId;
  readonly after: ObjectId | undefined;
  readonly limit: number;
};

function read(document: unknown): { readonly total: number; readonly ids: readonly ObjectId[] } | undefined {
  const { total, results } = asJsonObject(document);
  if (typeof total !== 'number' || !Array.isArray(results)) return undefined;
  const ids = results.flatMap((row) => parseObjectId(asJsonObject(row).id) ?? []);
  // A row without an ID would be left out of the plan in silence.
  if (ids.length !== results.length) throw unknownShape(API);
  return { total, ids };
}
