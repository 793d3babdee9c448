import { CoreApiRequestFactory } from '@hubspot/api-client/lib/codegen/crm/properties/apis/CoreApi.js';
import * as z from 'zod/mini';
import { ALL_OWNERS_PROPERTY, type OwnerProperties } from '../domain/owner-property.ts';
import type { SendForPortal } from './portal-client.ts';
import { createSdkConfiguration, parseReply, toHubSpotRequest } from './sdk-requests.ts';

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
  return {
    async listOwnerProperties(portalId, objectType, deadlineEpochMs) {
      const request = await requests.getAll(objectType, false);
      const reply = await send(portalId, toHubSpotRequest(request), deadlineEpochMs);
      if (UNKNOWN_TYPE.has(reply.status)) return [];
      const body = parseReply(reply, propertiesList, 'the Properties API');
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
