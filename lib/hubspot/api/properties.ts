import { UpstreamContractError } from '../../domain/errors.ts';
import { asJsonObject, isAbsent, isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import { ALL_OWNERS_PROPERTY, type DescribedProperty } from '../../domain/owner-property.ts';
import type { OwnerProperties } from '../../ports/hubspot.ts';
import type { Metrics } from '../../ports/telemetry.ts';
import type { SendForPortal } from '../client.ts';
import { readErrorBody } from '../error-body.ts';
import { shorten } from '../read-reply.ts';
import { LARGE } from '../transport.ts';
import { PROPERTIES_PATH } from '../versions.ts';

/** The part of `Property` that we use (properties OpenAPI 2026-09, read 2026-11-23). */
type Property = JsonObject & {
  readonly name: string;
  readonly label?: string | null;
};

/** HubSpot does not know or does not show the object type, so there are no options. */
const UNKNOWN_TYPE = new Set([400, 404]);

/** A property with check boxes holds several values (properties guide, read 2026-11-26). */
const SEVERAL = 'checkbox';

/**
 * HubSpot's properties API (properties guide, read 2026-11-23). Needs the scope to read the object's schema or its records. Safe
 * to repeat. HubSpot returns one page.
 *
 * A plain request: the SDK's class for this one loads thirty models, which would slow down every cold start of the action
 * (docs/decisions/003-cold-start.md).
 */
export function createOwnerProperties(send: SendForPortal, apiBaseUrl: string, metrics: Metrics): OwnerProperties {
  return {
    async listOwnerProperties(portalId, objectType, deadline) {
      const url = `${apiBaseUrl}${PROPERTIES_PATH}/${encodeURIComponent(objectType)}?archived=false`;
      const request = { method: 'GET', url, headers: { Accept: 'application/json' }, ...LARGE };
      const reply = await send(portalId, request, deadline);
      const { status } = reply;
      if (UNKNOWN_TYPE.has(status) && readErrorBody(reply.document).isFromHubSpot) return [];
      if (status !== 200) throw new UpstreamContractError(`the Properties API answered with ${status}`);
      const { results } = asJsonObject(reply.document);
      if (!Array.isArray(results)) throw new UpstreamContractError('the Properties API answered in an unknown shape');
      return readRows(results);
    },
  };

  function readRows(rows: readonly unknown[]): DescribedProperty[] {
    const odd = rows.filter((row) => !isProperty(row)).length;
    if (odd > 0) metrics.count('HubSpotRowsSkipped', { list: 'properties' }, odd);
    if (odd > 0 && odd === rows.length) {
      throw new UpstreamContractError('every row of the Properties API is of an unknown shape');
    }
    return rows.flatMap((row) => (isProperty(row) ? describe(row) : describeOdd(row)));
  }
}

function isProperty(row: unknown): row is Property {
  if (!isJsonObject(row) || typeof row.name !== 'string') return false;
  const { label, fieldType, referencedObjectType, hidden, archived, calculated, modificationMetadata: metadata } = row;
  if (!isAbsent(metadata) && !isJsonObject(metadata)) return false;
  const texts = [label, fieldType, referencedObjectType];
  const flags = [hidden, archived, calculated, metadata?.readOnlyValue];
  return texts.every((text) => isAbsent(text) || typeof text === 'string') && flags.every(isOptionalFlag);
}

function isOptionalFlag(value: unknown): boolean {
  return isAbsent(value) || typeof value === 'boolean';
}

function describe(row: Property): DescribedProperty[] {
  if (!isWritableOwner(row)) return [];
  const { name, label, fieldType, hidden } = row;
  const described = { name, label: shorten(label).trim() || name };
  if (fieldType === SEVERAL) return [{ ...described, notOffered: 'several' }];
  return [hidden === true ? { ...described, notOffered: 'hidden' } : described];
}

/** A row in an unknown form that may be an owner property. */
function describeOdd(row: unknown): DescribedProperty[] {
  const { name, referencedObjectType: type } = asJsonObject(row);
  const mayBeOwner = type === 'OWNER' || (typeof type === 'object' && type !== null);
  return typeof name === 'string' && mayBeOwner ? [{ name, label: name, notOffered: 'unclear' }] : [];
}

function isWritableOwner(row: Property): boolean {
  return (
    row.referencedObjectType === 'OWNER' &&
    row.name !== ALL_OWNERS_PROPERTY &&
    row.archived !== true &&
    row.calculated !== true &&
    asJsonObject(row.modificationMetadata).readOnlyValue !== true
  );
}
