import type { SyncConfig } from '../config/load-config.ts';
import { createCustomObjectTypes } from '../hubspot/api/custom-object-types.ts';
import { createOwnersApi } from '../hubspot/api/owners.ts';
import { createOwnerProperties } from '../hubspot/api/properties.ts';
import { createRecordBatches } from '../hubspot/api/record-batches.ts';
import { createRecordSearch } from '../hubspot/api/record-search.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createHandovers } from '../store/handovers.ts';
import { createListParts } from '../use-cases/handovers/list-parts.ts';
import { createMoveBatch } from '../use-cases/handovers/move-batch.ts';
import { createPlanPage } from '../use-cases/handovers/plan-page.ts';
import { createRewriteBatch } from '../use-cases/handovers/rewrite-batch.ts';
import { createRunHandover } from '../use-cases/handovers/run-handover.ts';
import { BEHIND_FLOODS, createHubSpot } from './hubspot.ts';
import type { Platform } from './platform.ts';

/** Wires what works on handovers behind the queue. Its calls give way to everything else. */
export function createHandoverRun(config: SyncConfig, telemetry: Telemetry, platform: Platform) {
  const { log, metrics } = telemetry;
  const { now, sleep, newId } = platform;
  const { hubspotApiBaseUrl, tableName } = config;
  const { send } = createHubSpot(config, telemetry, platform, BEHIND_FLOODS);
  const handovers = createHandovers({ client: platform.table, tableName }, now, newId);
  const search = createRecordSearch(send, hubspotApiBaseUrl, { now, sleep });
  const rewriteBatch = createRewriteBatch(createRecordBatches(send, hubspotApiBaseUrl, metrics));
  const owners = createOwnersApi(send, hubspotApiBaseUrl);
  const listParts = createListParts(
    createOwnerProperties(send, hubspotApiBaseUrl, metrics),
    createCustomObjectTypes(send, hubspotApiBaseUrl),
  );
  return createRunHandover({
    handovers,
    planPage: createPlanPage({ listParts, search, handovers }),
    ...createMoveBatch({ rewriteBatch, handovers, now }),
    search,
    async findActiveOwner(portalId, ownerId, deadlineEpochMs) {
      const owner = await owners.findById(portalId, ownerId, 'active', deadlineEpochMs);
      return owner === 'otherType' ? undefined : owner;
    },
    now,
    log,
  });
}
