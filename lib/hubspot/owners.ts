import {
  OwnersApiRequestFactory,
  OwnersApiResponseProcessor,
} from '@hubspot/api-client/lib/codegen/crm/owners/apis/OwnersApi.js';
import * as z from 'zod/mini';
import { parseOwnerEmail } from '../domain/email.ts';
import { UpstreamContractError } from '../domain/errors.ts';
import { type OwnerId, type PortalId, parseOwnerId, parseUserId, type UserId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerPage } from '../domain/owner-listing.ts';
import type { OwnerDirectory, OwnerListing } from '../domain/ports.ts';
import type { OwnerPages } from '../domain/refresh.ts';
import type { SendForPortal } from './portal-client.ts';
import { createSdkConfiguration, readWithSdk, toHubSpotRequest, toSdkResponse } from './sdk-requests.ts';
import type { HubSpotReply } from './transport.ts';

const optionalText = z.optional(z.nullable(z.string()));
const optionalNumber = z.optional(z.nullable(z.number()));

/** The part of `PublicOwner` that we use (owners OpenAPI 2026-09, read 2026-11-23). */
const publicOwner = z.object({
  id: z.string(),
  type: z.enum(['PERSON', 'QUEUE']),
  archived: z.boolean(),
  email: optionalText,
  firstName: optionalText,
  lastName: optionalText,
  userId: optionalNumber,
  userIdIncludingInactive: optionalNumber,
  teams: z.optional(z.nullable(z.array(z.object({ id: z.string(), name: z.string(), primary: z.boolean() })))),
});
const ownersPage = z.object({
  results: z.array(publicOwner),
  paging: z.optional(z.nullable(z.object({ next: z.optional(z.nullable(z.object({ after: z.string() }))) }))),
});

const PAGE_SIZE = 100;
/** The most HubSpot gives in one call, which is what a sweep wants. */
const MAX_PAGE_SIZE = 500;
/** One email has a handful of owners at most; more pages mean that the listing goes in circles. */
const MAX_PAGES = 10;

/** HubSpot's Owners API (owners guide, read 2026-11-23). Every call is safe to repeat. */
export function createOwnerDirectory(send: SendForPortal, apiBaseUrl: string): OwnerDirectory & OwnerPages {
  const requests = new OwnersApiRequestFactory(createSdkConfiguration(apiBaseUrl));
  const replies = new OwnersApiResponseProcessor();

  return {
    async listByEmail(portalId, email, listing, deadlineEpochMs) {
      const owners: Owner[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const found = await getPage(portalId, { email, after, limit: PAGE_SIZE, listing }, deadlineEpochMs);
        owners.push(...found.owners);
        after = found.after;
        if (after === undefined) return owners;
      }
      throw new UpstreamContractError('the owners listing of one email does not end');
    },

    listPage: (portalId, listing, after, deadlineEpochMs) =>
      getPage(portalId, { after, limit: MAX_PAGE_SIZE, listing }, deadlineEpochMs),

    findById: (portalId, ownerId, listing, deadlineEpochMs) =>
      getOne(portalId, ownerId, 'id', listing, deadlineEpochMs),

    findByUserId: (portalId, userId, listing, deadlineEpochMs) =>
      getOne(portalId, userId, 'userId', listing, deadlineEpochMs),
  };

  async function getOne(
    portalId: PortalId,
    id: OwnerId | UserId,
    idProperty: 'id' | 'userId',
    listing: OwnerListing,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    // The SDK types the id as a number and only puts it into the path; a string keeps every digit.
    const request = await requests.getById(id as unknown as number, idProperty, listing === 'archived');
    const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
    if (reply.status === 404) return undefined;
    return toOwner(await parse(reply, publicOwner, () => replies.getByIdWithHttpInfo(toSdkResponse(reply))));
  }

  async function getPage(portalId: PortalId, query: PageQuery, deadlineEpochMs: number): Promise<OwnerPage> {
    const { email, after, limit, listing } = query;
    const request = await requests.getPage(email, after, limit, listing === 'archived');
    const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
    const body = await parse(reply, ownersPage, () => replies.getPageWithHttpInfo(toSdkResponse(reply)));
    return { owners: body.results.map(toOwner), after: body.paging?.next?.after };
  }
}

type PageQuery = {
  readonly email?: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly listing: OwnerListing;
};

async function parse<Schema extends z.ZodMiniType>(
  reply: HubSpotReply,
  schema: Schema,
  read: () => Promise<{ data: unknown }>,
): Promise<z.output<Schema>> {
  if (reply.status !== 200) throw new UpstreamContractError(`the Owners API answered with status ${reply.status}`);
  const body = await readWithSdk(reply, schema, read);
  if (body === undefined) throw new UpstreamContractError('the Owners API answered in an unknown shape');
  return body;
}

function toOwner(row: z.output<typeof publicOwner>): Owner {
  const id = parseOwnerId(row.id);
  if (id === undefined) throw new UpstreamContractError('the Owners API sent an owner whose id is not a number');
  return {
    id,
    type: row.type,
    archived: row.archived,
    userId: parseUserId(row.userId ?? row.userIdIncludingInactive),
    email: parseOwnerEmail(row.email),
    firstName: row.firstName ?? '',
    lastName: row.lastName ?? '',
    teams: row.teams ?? [],
  };
}
