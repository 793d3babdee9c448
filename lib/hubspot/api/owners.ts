import { OWNERS_PER_EMAIL_PAGE, OWNERS_PER_PAGE } from '../../domain/batches.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { parseOwnerEmail } from '../../domain/email.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import {
  fitsOwnersApi,
  type OwnerId,
  type PortalId,
  parseOwnerId,
  parseUserId,
  type UserId,
} from '../../domain/ids.ts';
import { withinBytes } from '../../domain/item-size.ts';
import { asJsonObject, isAbsent, type JsonObject } from '../../domain/json-object.ts';
import type { Owner, OwnerTeam } from '../../domain/owner.ts';
import type { OwnerListing, OwnerPagesApi, OwnersApi } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { readErrorBody } from '../error-body.ts';
import { parseReply, readPage, shorten, unknownShape } from '../read-reply.ts';
import { sdkRequests } from '../sdk-requests.ts';
import { LARGE } from '../transport.ts';

const API = 'the Owners API';

/**
 * An email in a form that a filter hardly refuses. HubSpot does not document which forms its filter accepts (read 2026-11-26). A
 * check of top-level domains may refuse `.invalid`, the suffix of sandboxes, which every lookup of an unknown email tries.
 */
const EVERYDAY_EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d-]+\.)+(?!invalid$)(?:[a-z]{2,}|xn--[a-z\d-]+)$/i;

/** An email that no filter refuses. If it refuses another one of this form, such as `.con` for `.com`, it means that one. */
const NOBODY = 'nobody@example.com';

/** Neither a number in another spelling nor a word such as "none". */
const FOREIGN_ID = /^(?=.*\d).*[a-z]{2}/i;

/** An item of the table has 400 KB, and up to four versions of an owner. */
const MAX_TEAMS_BYTES = 60_000;
/** They fit with names of any length. */
const FEW_TEAMS = 40;

/** An email has a few owners at most; more pages mean that the listing loops. */
const MAX_PAGES = 10;

/** HubSpot's Owners API (owners guide, read 2026-11-23). Every call is safe to repeat. */
export function createOwnersApi(send: SendForPortal, apiBaseUrl: string): OwnersApi & OwnerPagesApi {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { OwnersApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/owners/apis/OwnersApi.js');
    return OwnersApiRequestFactory;
  });

  return {
    async listByEmail(portalId, email, listing, deadline) {
      const owners: Owner[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const found = await getPage(portalId, { email, after, limit: OWNERS_PER_EMAIL_PAGE, listing }, deadline);
        // As in a sync, one archived row may be odd: whoever it is of left.
        const oddRows = listing === 'archived' ? 1 : 0;
        if (found.rows.length > oddRows && found.rows.every(({ kind }) => kind === 'unreadable'))
          throw unknownShape(API);
        owners.push(...found.rows.flatMap((row) => (row.kind === 'owner' ? row.owner : [])));
        after = found.after;
        if (after === undefined) return owners;
      }
      throw new UpstreamContractError('the owners listing of one email does not end');
    },

    async listPage(portalId, listing, after, deadline) {
      const page = await getPage(portalId, { after, limit: OWNERS_PER_PAGE, listing }, deadline);
      return {
        owners: page.rows.flatMap((row) => (row.kind === 'owner' ? row.owner : [])),
        odd: page.rows.flatMap((row) => (row.kind === 'owner' ? [] : [row.id])),
        otherTypes: page.rows.filter(({ kind }) => kind === 'otherType').length,
        after: page.after,
      };
    },

    findById: (portalId, ownerId, listing, deadline) => getOne(portalId, ownerId, 'id', listing, deadline),

    async findByUserId(portalId, userId, listing, deadline) {
      const owner = await getOne(portalId, userId, 'userId', listing, deadline);
      return owner === 'odd' ? undefined : owner;
    },
  };

  async function getOne(
    portalId: PortalId,
    id: OwnerId | UserId,
    idProperty: 'id' | 'userId',
    listing: OwnerListing,
    deadline: Deadline,
  ): Promise<Owner | 'odd' | undefined> {
    if (!fitsOwnersApi(id)) return undefined;
    // The SDK types the ID as a number but only puts it into the path; a string keeps every digit.
    const request = await toRequest((sdk) => sdk.getById(id as unknown as number, idProperty, listing === 'archived'));
    const reply = await send(portalId, request, deadline);
    // A proxy has its own 404s, in HTML.
    if (reply.status === 404 && readErrorBody(reply.document).isFromHubSpot) return undefined;
    const row = readRow(
      parseReply(reply, (document) => document, API),
      listing,
    );
    // Another owner's row would put somebody else in their place.
    if (idProperty === 'id' && row.id !== id) throw unknownShape(API);
    if (row.kind === 'owner') return row.owner;
    // That somebody left is said by the listing which has them, whatever else their row says.
    const isKnownToHaveLeft = idProperty === 'id' && listing === 'archived';
    if (row.kind === 'unreadable' && !isKnownToHaveLeft) throw unknownShape(API);
    return 'odd';
  }

  /** Whether the filter refuses this email only. An international domain is also requested in punycode. */
  async function isAboutEmail(portalId: PortalId, email: string, query: PageQuery, deadline: Deadline) {
    if (!EVERYDAY_EMAIL.test(email)) return true;
    const { limit, listing } = query;
    const request = await toRequest((sdk) => sdk.getPage(NOBODY, undefined, limit, listing === 'archived'));
    return (await send(portalId, request, deadline)).status === 200;
  }

  async function getPage(portalId: PortalId, query: PageQuery, deadline: Deadline) {
    const { email, after, limit, listing } = query;
    const request = await toRequest((sdk) => sdk.getPage(email, after, limit, listing === 'archived'));
    // Five hundred owners, each in hundreds of teams, are megabytes.
    const reply = await send(portalId, { ...request, ...(email === undefined && LARGE) }, deadline);
    // A refusal of a later page is about the page.
    const isRefused = reply.status === 400 && email !== undefined && after === undefined;
    if (isRefused && (await isAboutEmail(portalId, email, query, deadline))) return { rows: [], after: undefined };
    const page = parseReply(reply, readPage, API);
    return { rows: page.results.map((row) => readRow(row, listing)), after: page.after };
  }
}

type PageQuery = {
  readonly email?: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly listing: OwnerListing;
};

type Row =
  | { readonly kind: 'owner'; readonly id: OwnerId; readonly owner: Owner }
  /** An unknown type, such as one that HubSpot adds. */
  | { readonly kind: 'otherType'; readonly id: OwnerId }
  | { readonly kind: 'unreadable'; readonly id: OwnerId | undefined };

/**
 * The part of `PublicOwner` that we use (owners OpenAPI 2026-09, read 2026-11-23). Each row is read alone, because one odd row
 * says nothing about the others.
 */
function readRow(value: unknown, listing: OwnerListing): Row {
  const row = asJsonObject(value);
  const { type, archived, teams } = row;
  const ownerId = parseOwnerId(row.id);
  // An ID such as agent-77 belongs to no known owner. A row without an ID may be anybody's.
  const id = ownerId ?? (typeof row.id === 'string' && FOREIGN_ID.test(row.id) ? (row.id as OwnerId) : undefined);
  if (id === undefined || typeof type !== 'string' || typeof archived !== 'boolean' || !hasOwnerFields(row)) {
    return { kind: 'unreadable', id };
  }
  if (type !== 'PERSON' && type !== 'QUEUE') return { kind: 'otherType', id };
  if (ownerId === undefined) return { kind: 'unreadable', id };
  const owner: Owner = {
    id: ownerId,
    type,
    // If the row and its listing disagree, archived counts.
    archived: archived || listing === 'archived',
    userId: parseUserId(row.userId) ?? parseUserId(row.userIdIncludingInactive),
    email: parseOwnerEmail(row.email),
    firstName: shorten(row.firstName),
    lastName: shorten(row.lastName),
    teams: Array.isArray(teams) ? fitting(teams.flatMap(readTeam)) : [],
  };
  return { kind: 'owner', id: ownerId, owner };
}

type OptionalTexts = Readonly<Partial<Record<'email' | 'firstName' | 'lastName', string | null>>>;

function hasOwnerFields(row: JsonObject): row is JsonObject & OptionalTexts {
  const texts = [row.email, row.firstName, row.lastName];
  const ids = [row.userId, row.userIdIncludingInactive];
  return (
    texts.every((text) => isAbsent(text) || typeof text === 'string') && ids.every((id) => isAbsent(id) || isId(id))
  );
}

/** IDs are numbers in some documents and texts in others. */
function isId(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isFinite(value);
}

/** Teams are optional: an owner with an odd team is still read. */
function readTeam(value: unknown): OwnerTeam[] {
  const { id, name, primary } = asJsonObject(value);
  if (!isId(id) || !(isAbsent(name) || typeof name === 'string')) return [];
  return [{ id: shorten(String(id)), name: shorten(name), primary: primary === true }];
}

/** The primary teams, then the others, in the same order every night: as many as fit. */
function fitting(teams: readonly OwnerTeam[]): readonly OwnerTeam[] {
  if (teams.length <= FEW_TEAMS) return teams;
  const isFit = new Set(withinBytes(teams.toSorted(compareTeams), MAX_TEAMS_BYTES));
  return teams.filter((team) => isFit.has(team));
}

function compareTeams(one: OwnerTeam, other: OwnerTeam): number {
  return Number(other.primary) - Number(one.primary) || one.id.localeCompare(other.id, 'en', { numeric: true });
}
