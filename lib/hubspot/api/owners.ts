import * as z from 'zod/mini';
import { OWNERS_PER_EMAIL_PAGE, OWNERS_PER_PAGE } from '../../domain/batch-sizes.ts';
import { parseOwnerEmail } from '../../domain/email.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import { type OwnerId, type PortalId, parseOwnerId, parseUserId, type UserId } from '../../domain/ids.ts';
import type { Owner, OwnerTeam } from '../../domain/owner.ts';
import type { OwnerListing, OwnerPagesApi, OwnersApi } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { paging, parseReply, readReply, sdkRequests, unknownShape } from '../sdk-requests.ts';

const API = 'the Owners API';

const optionalText = z.optional(z.nullable(z.string()));
/** Ids are numbers in some documents and texts in others. */
const id = z.union([z.string(), z.number()]);
const optionalId = z.optional(z.nullable(id));

/** The part of `PublicOwner` that we use (owners OpenAPI 2026-09, read 2026-11-23). Teams are read one by one. */
const publicOwner = z.object({
  id,
  type: z.string(),
  archived: z.boolean(),
  email: optionalText,
  firstName: optionalText,
  lastName: optionalText,
  userId: optionalId,
  userIdIncludingInactive: optionalId,
  teams: z.optional(z.unknown()),
});
const team = z.object({ id, name: optionalText, primary: z.optional(z.unknown()) });
const ownersPage = z.object({ results: z.array(z.unknown()), paging });
/** A proxy on the way has 404s of its own, in HTML; HubSpot says so in these words (error handling guide, read 2026-11-26). */
const notFound = z.union([
  z.object({ category: z.string() }),
  z.object({ correlationId: z.string() }),
  z.object({ status: z.literal('error') }),
]);

/** One email has a handful of owners at most; more pages mean that the listing goes in circles. */
const MAX_PAGES = 10;

/** HubSpot's Owners API (owners guide, read 2026-11-23). Every call is safe to repeat. */
export function createOwnersApi(send: SendForPortal, apiBaseUrl: string): OwnersApi & OwnerPagesApi {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { OwnersApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/owners/apis/OwnersApi.js');
    return OwnersApiRequestFactory;
  });

  return {
    async listByEmail(portalId, email, listing, deadlineEpochMs) {
      const owners: Owner[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const found = await getPage(portalId, { email, after, limit: OWNERS_PER_EMAIL_PAGE, listing }, deadlineEpochMs);
        if (found.rows.length > 0 && found.rows.every(({ kind }) => kind === 'unreadable')) throw unknownShape(API);
        owners.push(...found.rows.flatMap((row) => (row.kind === 'owner' ? row.owner : [])));
        after = found.after;
        if (after === undefined) return owners;
      }
      throw new UpstreamContractError('the owners listing of one email does not end');
    },

    async listPage(portalId, listing, after, deadlineEpochMs) {
      const page = await getPage(portalId, { after, limit: OWNERS_PER_PAGE, listing }, deadlineEpochMs);
      return {
        owners: page.rows.flatMap((row) => (row.kind === 'owner' ? row.owner : [])),
        odd: page.rows.flatMap((row) => (row.kind === 'owner' ? [] : [row.id])),
        after: page.after,
      };
    },

    findById: (portalId, ownerId, listing, deadlineEpochMs) =>
      getOne(portalId, ownerId, 'id', listing, deadlineEpochMs),

    async findByUserId(portalId, userId, listing, deadlineEpochMs) {
      const owner = await getOne(portalId, userId, 'userId', listing, deadlineEpochMs);
      return owner === 'otherType' ? undefined : owner;
    },
  };

  async function getOne(
    portalId: PortalId,
    id: OwnerId | UserId,
    idProperty: 'id' | 'userId',
    listing: OwnerListing,
    deadlineEpochMs: number,
  ): Promise<Owner | 'otherType' | undefined> {
    // The SDK types the id as a number and only puts it into the path; a string keeps every digit.
    const request = await toRequest((sdk) => sdk.getById(id as unknown as number, idProperty, listing === 'archived'));
    const reply = await send(portalId, request, deadlineEpochMs);
    if (reply.status === 404 && readReply(reply, notFound) !== undefined) return undefined;
    const row = readRow(parseReply(reply, z.unknown(), API), listing);
    if (row.kind === 'unreadable') throw unknownShape(API);
    return row.kind === 'owner' ? row.owner : 'otherType';
  }

  async function getPage(portalId: PortalId, query: PageQuery, deadlineEpochMs: number) {
    const { email, after, limit, listing } = query;
    const request = await toRequest((sdk) => sdk.getPage(email, after, limit, listing === 'archived'));
    const reply = await send(portalId, request, deadlineEpochMs);
    // Whether the filter takes an email that is not ASCII is not documented (read 2026-11-26); it is asked in punycode, too.
    if (reply.status === 400 && email !== undefined && !/^\p{ASCII}*$/u.test(email))
      return { rows: [], after: undefined };
    const body = parseReply(reply, ownersPage, API);
    return { rows: body.results.map((row) => readRow(row, listing)), after: body.paging?.next?.after };
  }
}

type PageQuery = {
  readonly email?: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly listing: OwnerListing;
};

type Row =
  | { readonly kind: 'owner'; readonly owner: Owner }
  /** Of a type that we do not know, such as one that HubSpot adds. */
  | { readonly kind: 'otherType'; readonly id: OwnerId }
  | { readonly kind: 'unreadable'; readonly id: OwnerId | undefined };

/** One odd row says nothing about the others, so each is read by itself. */
function readRow(value: unknown, listing: OwnerListing): Row {
  const { data: row } = publicOwner.safeParse(value);
  const ownerId = parseOwnerId(row?.id ?? z.object({ id }).safeParse(value).data?.id);
  if (row === undefined || ownerId === undefined) return { kind: 'unreadable', id: ownerId };
  if (row.type !== 'PERSON' && row.type !== 'QUEUE') return { kind: 'otherType', id: ownerId };
  const owner: Owner = {
    id: ownerId,
    type: row.type,
    // Where the row and its listing disagree, the careful reading counts.
    archived: row.archived || listing === 'archived',
    userId: parseUserId(row.userId ?? row.userIdIncludingInactive),
    email: parseOwnerEmail(row.email),
    firstName: row.firstName ?? '',
    lastName: row.lastName ?? '',
    teams: Array.isArray(row.teams) ? row.teams.flatMap(readTeam) : [],
  };
  return { kind: 'owner', owner };
}

/** Teams are a courtesy: whatever is wrong with one, its owner is read. */
function readTeam(value: unknown): OwnerTeam[] {
  const { data: row } = team.safeParse(value);
  return row === undefined ? [] : [{ id: String(row.id), name: row.name ?? '', primary: row.primary === true }];
}
