import { PROPERTY_LIST_MAX_AGE_MS, PROPERTY_REFUSAL_MAX_AGE_MS } from '../../domain/ages.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import type { RecordRefusal } from '../../domain/outcome.ts';
import { type DescribedProperty, STANDARD_OWNER_PROPERTY } from '../../domain/owner-property.ts';
import type { CheckOwnerProperty } from '../../ports/steps.ts';
import { createOwnerPropertyCache, type OwnerPropertyCacheDeps } from './owner-property-cache.ts';

/**
 * Whether a property may be set to one owner. The standard property costs no call, another one a call in five minutes for each
 * portal and type. HubSpot itself would accept an owner ID as the text of any property.
 */
export function createCheckOwnerProperty(deps: OwnerPropertyCacheDeps): CheckOwnerProperty {
  const { list } = createOwnerPropertyCache(deps);

  /**
   * @param deadline how long to wait for HubSpot's list (epoch ms); a later check can use the list if it comes after that
   * @returns undefined if the property may be written
   * @throws {AppError} a retryable one if HubSpot cannot be asked, or `MissingScopesError`, `PortalNotConnectedError`
   */
  return async function checkOwnerProperty({ portalId, objectType, property }, deadline) {
    if (property === STANDARD_OWNER_PROPERTY) return undefined;
    const check = async (maxAgeMs: number) => {
      const properties = await list(portalId, objectType, { maxAgeMs, deadline });
      return refuse(properties.find(({ name }) => name === property));
    };
    return (await check(PROPERTY_LIST_MAX_AGE_MS)) && check(PROPERTY_REFUSAL_MAX_AGE_MS);
  };
}

function refuse(property: DescribedProperty | undefined): RecordRefusal | undefined {
  if (property === undefined) return { kind: 'refused', code: 'PROPERTY_NOT_FOUND' };
  if (property.notOffered === 'unclear') throw new UpstreamContractError('an owner property is of an unknown shape');
  return property.notOffered === 'several' ? { kind: 'refused', code: 'PROPERTY_HOLDS_SEVERAL' } : undefined;
}
