import * as z from 'zod/mini';
import { RECORDS_PER_PAGE } from '../../domain/batches.ts';
import type { CrmUser } from '../../domain/crm-user.ts';
import { parseOwnerEmail } from '../../domain/email.ts';
import { parseOwnerId, parseUserId, parseUserRecordId } from '../../domain/ids.ts';
import type { UsersApi } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply, readPage, shorten } from '../read-reply.ts';
import { sdkRequests } from '../sdk-requests.ts';
import { LARGE } from '../transport.ts';

const API = 'the users object';
/** The users object (object APIs guide and users guide, read 2026-11-23). */
const USERS_OBJECT = '0-115';
/** As one comma-separated value, as HubSpot documents it; the SDK would repeat the parameter. */
const PROPERTIES = ['hs_internal_user_id,hs_email,hubspot_owner_id,hs_availability_status'];

/** Values are texts; IDs may be numbers. */
const optionalText = z.optional(z.nullable(z.string()));
const optionalId = z.optional(z.nullable(z.union([z.string(), z.number()])));
const userRecord = z.object({
  id: z.union([z.string(), z.number()]),
  properties: z.object({
    hs_internal_user_id: optionalId,
    hs_email: optionalText,
    hubspot_owner_id: optionalId,
    hs_availability_status: optionalText,
  }),
});

/** HubSpot's users as CRM records. Needs `crm.objects.users.read`. */
export function createUsersApi(send: SendForPortal, apiBaseUrl: string): UsersApi {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { BasicApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/objects/apis/BasicApi.js');
    return BasicApiRequestFactory;
  });
  return {
    async listUsers(portalId, after, deadline) {
      const request = await toRequest((sdk) => sdk.getPage(USERS_OBJECT, RECORDS_PER_PAGE, after, PROPERTIES));
      const reply = await send(portalId, { ...request, ...LARGE }, deadline, { scopeIsOptional: true });
      const { results, after: next } = parseReply(reply, readPage, API);
      const users = results.flatMap((row) => readUser(row) ?? []);
      return { users, odd: results.length - users.length, after: next };
    },

    async findUser(portalId, recordId, deadline) {
      const request = await toRequest((sdk) => sdk.getById(USERS_OBJECT, recordId, PROPERTIES));
      const reply = await send(portalId, request, deadline, { scopeIsOptional: true });
      if (reply.status === 404) return undefined;
      return parseReply(reply, readUser, API);
    },
  };
}

/** Undefined if the row cannot be read; the others may still be valid. */
function readUser(value: unknown): CrmUser | undefined {
  const { data: row } = userRecord.safeParse(value);
  const recordId = parseUserRecordId(row?.id);
  if (row === undefined || recordId === undefined) return undefined;
  const { properties } = row;
  return {
    recordId,
    internalUserId: parseUserId(properties.hs_internal_user_id),
    email: parseOwnerEmail(properties.hs_email),
    ownerId: parseOwnerId(properties.hubspot_owner_id),
    availability: shorten(properties.hs_availability_status),
  };
}
