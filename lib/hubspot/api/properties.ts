import * as z from 'zod/mini';
import { UpstreamContractError } from '../../domain/errors.ts';
import { ALL_OWNERS_PROPERTY, type DescribedProperty } from '../../domain/owner-property.ts';
import type { OwnerProperties } from '../../ports/hubspot.ts';
import type { Metrics } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { parseJson } from '../error-body.ts';
import { sdkRequests } from '../sdk-requests.ts';

const optionalFlag = z.optional(z.nullable(z.boolean()));
const optionalText = z.optional(z.nullable(z.string()));

/** The part of `Property` that we use (properties OpenAPI 2026-09, read 2026-11-23). */
const property = z.object({
  name: z.string(),
  label: optionalText,
  fieldType: optionalText,
  referencedObjectType: optionalText,
  hidden: optionalFlag,
  archived: optionalFlag,
  calculated: optionalFlag,
  modificationMetadata: z.optional(z.nullable(z.object({ readOnlyValue: optionalFlag }))),
});
/** A row of another shape that may be an owner property, for all one can read in it. */
const oddOwner = z.object({
  name: z.string(),
  referencedObjectType: z.union([z.literal('OWNER'), z.looseObject({}), z.array(z.unknown())]),
});
/** HubSpot does not page here. */
const propertiesList = z.object({ results: z.array(z.unknown()) });

/** An object type that HubSpot does not know or does not show: there is nothing to choose from. */
const UNKNOWN_TYPE = new Set([400, 404]);
/** HubSpot's own error body, every field of which is optional (error handling guide, read 2026-11-26). A proxy writes others. */
const ownError = z.union([z.object({ status: z.literal('error') }), z.object({ category: z.string() })]);

/** An account may have thousands of properties, each with a text and options: megabytes that take seconds. */
const LARGE = { maxBodyBytes: 30 * 1024 * 1024, mayTakeLong: true };
/** A property with check boxes holds several values (properties guide, read 2026-11-26). */
const SEVERAL = 'checkbox';

/**
 * HubSpot's properties API (properties guide, read 2026-11-23). Needs the scope to read the object's schema or its records.
 * Safe to repeat.
 */
export function createOwnerProperties(send: SendForPortal, apiBaseUrl: string, metrics: Metrics): OwnerProperties {
  const toRequest = sdkRequests(apiBaseUrl, async () => {
    const { CoreApiRequestFactory } = await import('@hubspot/api-client/lib/codegen/crm/properties/apis/CoreApi.js');
    return CoreApiRequestFactory;
  });
  return {
    async listOwnerProperties(portalId, objectType, deadlineEpochMs) {
      const request = { ...(await toRequest((sdk) => sdk.getAll(objectType, false))), ...LARGE };
      const { status, body } = await send(portalId, request, deadlineEpochMs);
      const document = parseJson(body);
      if (UNKNOWN_TYPE.has(status) && ownError.safeParse(document).success) return [];
      if (status !== 200) throw new UpstreamContractError(`the Properties API answered with ${status}`);
      const list = propertiesList.safeParse(document);
      if (!list.success) throw new UpstreamContractError('the Properties API answered in an unknown shape');
      return readRows(list.data.results);
    },
  };

  function readRows(rows: readonly unknown[]): DescribedProperty[] {
    const read = rows.map((row) => property.safeParse(row).data);
    const odd = read.filter((row) => row === undefined).length;
    if (odd > 0) metrics.count('HubSpotRowsSkipped', { list: 'properties' }, odd);
    if (odd > 0 && odd === rows.length) {
      throw new UpstreamContractError('every row of the Properties API is of an unknown shape');
    }
    return read.flatMap((row, index) => (row === undefined ? describeOdd(rows[index]) : describe(row)));
  }
}

function describe(row: z.output<typeof property>): DescribedProperty[] {
  if (!isWritableOwner(row)) return [];
  const { name, label, fieldType, hidden } = row;
  const described = { name, label: label?.trim() || name };
  if (fieldType === SEVERAL) return [{ ...described, notOffered: 'several' }];
  return [hidden === true ? { ...described, notOffered: 'hidden' } : described];
}

function describeOdd(row: unknown): DescribedProperty[] {
  const name = oddOwner.safeParse(row).data?.name;
  return name === undefined ? [] : [{ name, label: name, notOffered: 'unclear' }];
}

function isWritableOwner(row: z.output<typeof property>): boolean {
  return (
    row.referencedObjectType === 'OWNER' &&
    row.name !== ALL_OWNERS_PROPERTY &&
    row.archived !== true &&
    row.calculated !== true &&
    row.modificationMetadata?.readOnlyValue !== true
  );
}
