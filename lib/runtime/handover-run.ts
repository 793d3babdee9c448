import type { SyncConfig } from '../config/load-config.ts';
import { sinceThen } from '../domain/address-history.ts';
import { findPresentOwner } from '../domain/returned-owners.ts';
import { createCustomObjectTypes } from '../hubspot/api/custom-object-types.ts';
import { createOwnersApi } from '../hubspot/api/owners.ts';
import { createOwnerProperties } from '../hubspot/api/properties.ts';
import { createRecordBatches } from '../hubspot/api/record-batches.ts';
import { createRecordSearch } from '../hubspot/api/record-search.ts';
import type { SendForPortal } from '../hubspot/client.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { FindListed } from '../ports/handovers.ts';
import type { HandoverQueue } from '../ports/queue.ts';
import type { OwnerResolver } from '../ports/steps.ts';
import { createHandovers } from '../store/handovers.ts';
import { createOwnerCache } from '../store/owner-cache.ts';
import { createSuccessors } from '../store/successors.ts';
import { createFindTarget } from '../use-cases/handovers/find-target.ts';
import { createListParts } from '../use-cases/handovers/list-parts.ts';
import { createMoveBatch } from '../use-cases/handovers/move-batch.ts';
import { createPlanPage } from '../use-cases/handovers/plan-page.ts';
import { createRewriteBatch } from '../use-cases/handovers/rewrite-batch.ts';
import { createRunHandover } from '../use-cases/handovers/run-handover.ts';
import { createStartNightly } from '../use-cases/handovers/start-nightly.ts';
import { BEHIND_FLOODS, createHubSpot } from './hubspot.ts';
import type { Platform } from './platform.ts';

/** For one leaver and night: about 40,000 records. */
const NIGHTLY_CALLS = 1_000;

type FindOwner = OwnerResolver['resolveOwnerId'];

/** Wires the handovers behind the queue. All other calls come before its calls. */
export function createHandoverRun(config: SyncConfig, telemetry: Telemetry, platform: Platform, queue: HandoverQueue) {
  const needs = { ...platform, ...telemetry };
  const { metrics } = telemetry;
  const { now, newId } = platform;
  const { hubspotApiBaseUrl, tableName } = config;
  const { send } = createHubSpot(config, telemetry, platform, BEHIND_FLOODS);
  const table = { client: platform.table, tableName };
  const handovers = createHandovers(table, now, newId);
  // An app may be made for some object types only. The plan names the others, so this raises no alarm.
  const sendIfAllowed: SendForPortal = (portalId, request, deadline, options) =>
    send(portalId, request, deadline, { ...options, scopeIsOptional: true });
  const search = createRecordSearch(sendIfAllowed, hubspotApiBaseUrl, platform);
  const rewriteBatch = createRewriteBatch(createRecordBatches(send, hubspotApiBaseUrl, metrics), now);
  const owners = createOwnersApi(send, hubspotApiBaseUrl);
  const listParts = createListParts(
    createOwnerProperties(sendIfAllowed, hubspotApiBaseUrl, metrics),
    createCustomObjectTypes(send, hubspotApiBaseUrl, metrics),
  );
  const findActiveOwner: FindListed = (portalId, id, deadline) => owners.findById(portalId, id, 'active', deadline);
  const findOwner: FindOwner = async (portalId, id, deadline) => {
    const active = await findActiveOwner(portalId, id, deadline);
    if (active !== undefined && active !== 'odd') return active;
    const archived = await owners.findById(portalId, id, 'archived', deadline);
    return archived === 'odd' ? undefined : archived;
  };
  const cache = createOwnerCache(table, now);
  const findPresent: FindOwner = (portalId, id, deadline) =>
    findPresentOwner(
      id,
      async (one) => {
        const [stored, owner] = [await cache.findStoredOwner(portalId, one), await findOwner(portalId, one, deadline)];
        return stored?.owner === undefined ? owner : sinceThen(stored.owner, owner);
      },
      async (userId) => (await cache.findByUserId(portalId, userId))?.owner,
    );
  const startNightly = createStartNightly({
    handovers,
    queue,
    findTarget: createFindTarget(createSuccessors(table), findPresent),
    findOwner: findActiveOwner,
    maxCalls: NIGHTLY_CALLS,
    ...needs,
  });
  const runHandover = createRunHandover({
    handovers,
    planPage: createPlanPage({ listParts, search, handovers }),
    ...createMoveBatch({ rewriteBatch, handovers, now }),
    search,
    findActiveOwner,
    ...needs,
  });
  return { startNightly, runHandover };
}
