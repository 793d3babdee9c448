import { RECORDS_PER_SEARCH_PAGE } from '../../domain/batches.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import { type ObjectId, type OwnerId, parseObjectId } from '../../domain/ids.ts';
import { asJsonObject } from '../../domain/json-object.ts';
import type { PropertyRef } from '../../domain/owner-property.ts';
import type { RecordSearch } from '../../ports/handovers.ts';
import type { Needs } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply, unknownShape } from '../read-reply.ts';
import { sdkRequests } from '../sdk-requests.ts';

const API = 'the search API';
const ID = 'hs_object_id';
const DIGITS = /^\d{1,15}$/;
/** HubSpot allows five searches a second for the whole account (usage guidelines, read 2026-11-26). This leaves one to others. */
const SEARCH_INTERVAL_MS = 250;

/** HubSpot's answers for "not this property, not this type". Any other refusal is our bug. */
const NOT_SEARCHABLE = new Set([400, 404]);
/** Each one halves the range: enough for more records than HubSpot has. */
const MAX_NARROWINGS = 40;

/**
 * HubSpot's search (search guide, read 2026-11-26), which finds at most 10,000 records of a query. So a page begins after the
 * highest ID of the page before it, not at a number. HubSpot does not document whether it sorts IDs as numbers. If a page may be
 * in another order, the query is narrowed to lower IDs until one page contains all of them, and then the order does not matter.
 */
export function createRecordSearch(
  send: SendForPortal,
  apiBaseUrl: string,
  { now, sleep }: Needs<'now' | 'sleep'>,
): RecordSearch {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { SearchApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/objects/apis/SearchApi.js');
    return SearchApiRequestFactory;
  });
  let nextAtEpochMs = 0;

  return {
    async findOwned(ref, ownerId, after, deadline) {
      let upTo: ObjectId | undefined;
      for (let narrowings = 0; narrowings <= MAX_NARROWINGS; narrowings += 1) {
        const asked = { ...ref, ownerId, after, upTo, limit: RECORDS_PER_SEARCH_PAGE };
        const page = await find(asked, deadline);
        if (page === undefined) return undefined;
        if (page.ids.some((id) => !isWithin(id, asked))) {
          throw new UpstreamContractError(`${API} finds IDs that were not asked for`);
        }
        const ids = [...new Set(page.ids)].sort(byNumber);
        // Without a record there is no ID to continue after, and others may follow.
        if (ids.length === 0 && (page.total > 0 || upTo !== undefined)) {
          throw new UpstreamContractError(`${API} does not send the records that it counted`);
        }
        if (ids.length >= page.total || isSorted(page.ids, after)) return ids;
        const last = ids.at(-1);
        // Sorted as numbers and as text at the same time, so shorter IDs may come later.
        if (isAscending(page.ids) && (await countUpTo(asked, last, deadline)) === ids.length) return ids;
        upTo = ids[Math.floor((ids.length - 1) / 2)];
      }
      throw new UpstreamContractError(`${API} does not sort by ID`);
    },

    async countOwned(ref, ownerId, deadline) {
      const asked = { ...ref, ownerId, after: undefined, upTo: undefined, limit: 1 };
      return (await find(asked, deadline))?.total;
    },
  };

  async function countUpTo(asked: Asked, upTo: ObjectId | undefined, deadline: Deadline) {
    return (await find({ ...asked, upTo, limit: 1 }, deadline))?.total;
  }

  async function find(asked: Asked, deadline: Deadline) {
    const { portalId, objectType, limit } = asked;
    const query = {
      filterGroups: [{ filters: filtersOf(asked) }],
      sorts: [{ propertyName: ID, direction: 'ASCENDING' }],
      properties: [ID],
      limit,
    };
    // The SDK's types require an enumeration for the operators and texts for the sorts; the API accepts these values (search
    // guide).
    const request = await toRequest((sdk) => sdk.doSearch(objectType, query as never));
    await waitForTurn();
    const reply = await send(portalId, request, deadline, { hasOwnLimit: true });
    return NOT_SEARCHABLE.has(reply.status) ? undefined : parseReply(reply, read, API);
  }

  /** Only spaces out the searches of this container. HubSpot refuses too many from several containers, and they wait. */
  async function waitForTurn(): Promise<void> {
    const waitMs = nextAtEpochMs - now();
    nextAtEpochMs = Math.max(nextAtEpochMs, now()) + SEARCH_INTERVAL_MS;
    if (waitMs > 0) await sleep(waitMs);
  }
}

type Asked = PropertyRef & {
  readonly ownerId: OwnerId;
  readonly after: ObjectId | undefined;
  readonly upTo: ObjectId | undefined;
  readonly limit: number;
};

function filtersOf({ property, ownerId, after, upTo }: Asked): readonly object[] {
  return [
    { propertyName: property, operator: 'EQ', value: ownerId },
    ...(after === undefined ? [] : [{ propertyName: ID, operator: 'GT', value: after }]),
    ...(upTo === undefined ? [] : [{ propertyName: ID, operator: 'LTE', value: upTo }]),
  ];
}

function isWithin(id: ObjectId, { after, upTo }: Asked): boolean {
  return (after === undefined || byNumber(after, id) < 0) && (upTo === undefined || byNumber(id, upTo) <= 0);
}

function isAscending(ids: readonly ObjectId[]): boolean {
  return ids.every((id, index) => byNumber(ids[index - 1] ?? id, id) <= 0);
}

/** Sorted by number, and no ID below the last one is missing: sorted as text, the order would differ. */
function isSorted(ids: readonly ObjectId[], after: ObjectId | undefined): boolean {
  const lengths = new Set([after, ...ids].map((id) => id?.length));
  return isAscending(ids) && (lengths.size === 1 || ids.some((id, index) => (ids[index - 1] ?? '') > id));
}

function byNumber(one: ObjectId, other: ObjectId): number {
  const difference = BigInt(one) - BigInt(other);
  return difference < 0n ? -1 : Number(difference > 0n);
}

function read(document: unknown): { readonly total: number; readonly ids: readonly ObjectId[] } | undefined {
  const { total: count, results } = asJsonObject(document);
  const total = typeof count === 'string' && DIGITS.test(count) ? Number(count) : count;
  if (typeof total !== 'number' || total < 0 || !Array.isArray(results)) return undefined;
  const ids = results.flatMap((row) => parseObjectId(asJsonObject(row).id) ?? []);
  // A row without an ID would silently be missing in the plan.
  if (ids.length !== results.length) throw unknownShape(API);
  return { total, ids };
}
