import {
  BasicApiRequestFactory,
  BasicApiResponseProcessor,
} from '@hubspot/api-client/lib/codegen/crm/objects/apis/BasicApi.js';
import * as z from 'zod/mini';
import type { CrmUser, CrmUserPages } from '../domain/crm-user.ts';
import { parseOwnerEmail } from '../domain/email.ts';
import { UpstreamContractError } from '../domain/errors.ts';
import { parseOwnerId, parseUserId, parseUserRecordId } from '../domain/ids.ts';
import type { SendForPortal } from './portal-client.ts';
import { createSdkConfiguration, readWithSdk, toHubSpotRequest, toSdkResponse } from './sdk-requests.ts';

/** The users object (object APIs guide and users guide, read 2026-11-23). */
const USERS_OBJECT = '0-115';
/** As one comma-separated value, which is how HubSpot documents it; the SDK would repeat the parameter. */
const PROPERTIES = ['hs_internal_user_id,hs_email,hubspot_owner_id,hs_availability_status'];
/** The most an object listing gives in one call. */
const PAGE_SIZE = 100;

const userRecord = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.optional(z.nullable(z.string()))),
});
const usersPage = z.object({
  results: z.array(userRecord),
  paging: z.optional(z.nullable(z.object({ next: z.optional(z.nullable(z.object({ after: z.string() }))) }))),
});

/** HubSpot's users as CRM records. Needs `crm.objects.users.read`. */
export function createCrmUserPages(send: SendForPortal, apiBaseUrl: string): CrmUserPages {
  const requests = new BasicApiRequestFactory(createSdkConfiguration(apiBaseUrl));
  const replies = new BasicApiResponseProcessor();
  return {
    async listUsers(portalId, after, deadlineEpochMs) {
      const request = await requests.getPage(USERS_OBJECT, PAGE_SIZE, after, PROPERTIES);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs, { scopeIsOptional: true });
      if (reply.status !== 200) throw new UpstreamContractError(`the users object answered with ${reply.status}`);
      const body = await readWithSdk(reply, usersPage, () => replies.getPageWithHttpInfo(toSdkResponse(reply)));
      if (body === undefined) throw new UpstreamContractError('the users object answered in an unknown shape');
      return { users: body.results.map(toCrmUser), after: body.paging?.next?.after };
    },

    async findUser(portalId, recordId, deadlineEpochMs) {
      const request = await requests.getById(USERS_OBJECT, recordId, PROPERTIES);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs, { scopeIsOptional: true });
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw new UpstreamContractError(`the users object answered with ${reply.status}`);
      const body = await readWithSdk(reply, userRecord, () => replies.getByIdWithHttpInfo(toSdkResponse(reply)));
      if (body === undefined) throw new UpstreamContractError('the users object answered in an unknown shape');
      return toCrmUser(body);
    },
  };
}

function toCrmUser({ id, properties }: z.output<typeof userRecord>): CrmUser {
  const recordId = parseUserRecordId(id);
  if (recordId === undefined)
    throw new UpstreamContractError('the users object sent a record whose id is not a number');
  return {
    recordId,
    internalUserId: parseUserId(properties.hs_internal_user_id),
    email: parseOwnerEmail(properties.hs_email),
    ownerId: parseOwnerId(properties.hubspot_owner_id),
    availability: properties.hs_availability_status ?? '',
  };
}
