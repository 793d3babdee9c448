import type { RefreshJob, RefreshReport } from '../../lib/domain/owner-sync.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeRefresher, type Refresher } from './refresh.ts';
import { PORTAL, type Service } from './service.ts';

/** The nightly refresh of a service's portal. */
function refresherOf(service: Service, portalId = PORTAL): Refresher {
  const { simulator, clock, table, telemetry, config } = service;
  return makeRefresher({ simulator, clock, table, telemetry, tokens: config.staticTokens }, toPortalId(portalId));
}

/** One that ends, as nearly all do. */
export async function refreshPortal(
  service: Service,
  portalId = PORTAL,
  order: Partial<RefreshJob> = {},
): Promise<RefreshReport> {
  const outcome = await refresherOf(service, portalId)(order);
  if (outcome.kind !== 'done') throw new Error(`the refresh was ${JSON.stringify(outcome)}`);
  return outcome.report;
}
