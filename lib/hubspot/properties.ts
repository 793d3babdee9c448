import {
  CoreApiRequestFactory,
  CoreApiResponseProcessor,
} from '@hubspot/api-client/lib/codegen/crm/properties/apis/CoreApi.js';
import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
import { ALL_OWNERS_PROPERTY, type OwnerProperties } from '../domain/owner-property.ts';
import type { SendForPortal } from './portal-client.ts';
import { createSdkConfiguration, readWithSdk, toHubSpotRequest, toSdkResponse } from './sdk-requests.ts';

const optionalFlag = z.optional(z.nullable(z.boolean()));

/** The part of `Property` that we use (properties OpenAPI 2026-09, read 2026-11-23). */
const property = z.object({
  name: z.string(),
  label: z.optional(z.nullable(z.string())),
  referencedObjectType: z.optional(z.nullable(z.string())),
  hidden: optionalFlag,
  archived: optionalFlag,
  calculated: optionalFlag,
  modificationMetadata: z.optional(z.nullable(z.object({ readOnlyValue: optionalFlag }))),
});
/** HubSpot does not page here. */
const propertiesList = z.object({ results: z.array(property) });

/** An object type that HubSpot does not know or does not show: there is nothing to choose from. */
const UNKNOWN_TYPE = new Set([400, 404]);

/**
 * HubSpot's properties API (properties guide, read 2026-11-23). Needs the scope to read the object's schema or its records.
 * Safe to repeat.
 */
export function createOwnerProperties(send: SendForPortal, apiBaseUrl: string): OwnerProperties {
  const requests = new CoreApiRequestFactory(createSdkConfiguration(apiBaseUrl));
  const replies = new CoreApiResponseProcessor();
  return {
    async listOwnerProperties(portalId, objectType, deadlineEpochMs) {
      const request = await requests.getAll(objectType, false);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (UNKNOWN_TYPE.has(reply.status)) return [];
      if (reply.status !== 200) throw new UpstreamContractError(`the Properties API answered with ${reply.status}`);
      const body = await readWithSdk(reply, propertiesList, () => replies.getAllWithHttpInfo(toSdkResponse(reply)));
      if (body === undefined) throw new UpstreamContractError('the Properties API answered in an unknown shape');
      return body.results.filter(isWritableOwner).map(({ name, label }) => ({ name, label: label?.trim() || name }));
    },
  };
}

function isWritableOwner(row: z.output<typeof property>): boolean {
  return (
    row.referencedObjectType === 'OWNER' &&
    row.name !== ALL_OWNERS_PROPERTY &&
    row.hidden !== true &&
    row.archived !== true &&
    row.calculated !== true &&
    row.modificationMetadata?.readOnlyValue !== true
  );
}
