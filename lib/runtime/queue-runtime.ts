import { renderOutputs } from '../action/render-outputs.ts';
import { loadQueueConfig, type QueueConfig } from '../config/load-config.ts';
import { createEmailCipher } from '../crypto/email-cipher.ts';
import { createWorkflowCallbacks } from '../hubspot/api/callbacks.ts';
import { createOwnerProperties } from '../hubspot/api/properties.ts';
import { createRecordBatches } from '../hubspot/api/record-batches.ts';
import { createCrmRecords } from '../hubspot/api/records.ts';
import type { RateLimitPolicy } from '../hubspot/rate-limiter.ts';
import { reportAlarm, reportFault } from '../observability/report-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { ReportFault } from '../ports/telemetry.ts';
import { createExecutionQueue } from '../queue/execution-queue.ts';
import { createOutcomeLog } from '../store/outcome-counts.ts';
import { createEmailRows } from '../store/owner-cache.ts';
import { createQueuePermission } from '../store/queue-permission.ts';
import { createQueuedResults } from '../store/queued-results.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createWorkLog } from '../store/work-log.ts';
import { createCheckOwnerProperty } from '../use-cases/executions/check-owner-property.ts';
import { createCountOutcomes } from '../use-cases/executions/count-outcomes.ts';
import { createDecideOwner } from '../use-cases/executions/decide-owner.ts';
import {
  createFindHeldOwners,
  createReadRecordOwner,
  createReadRecordOwners,
} from '../use-cases/executions/read-record-owners.ts';
import { createRecordUnresolved } from '../use-cases/executions/record-unresolved.ts';
import { createSetOwner } from '../use-cases/executions/set-owner.ts';
import { createCompleteCallbacks } from '../use-cases/queue/complete-callbacks.ts';
import { createHandleDeadLetters } from '../use-cases/queue/handle-dead-letters.ts';
import { createPlanRecord } from '../use-cases/queue/plan-record.ts';
import { createProcessExecutions } from '../use-cases/queue/process-executions.ts';
import { createProcessPortal } from '../use-cases/queue/process-portal.ts';
import { createRecordedResults } from '../use-cases/queue/recorded-results.ts';
import { createRequeueDelays } from '../use-cases/queue/requeue-delay.ts';
import { createResolveExpired } from '../use-cases/queue/resolve-expired.ts';
import { createUpdateRecords } from '../use-cases/queue/update-records.ts';
import { createWithLaterBlocks } from '../use-cases/queue/with-later-blocks.ts';
import { installUrlOf } from './action-runtime.ts';
import { createOwnerResolution } from './owner-resolution.ts';
import { backgroundPlatform, fromEnvironment, type Platform } from './platform.ts';

/**
 * Behind a queue, but other portals' executions wait behind these, so executions without an early permit are requeued. A batch
 * needs three calls: read the owners, write them, complete the callbacks. Asking for these permits one by one, while five
 * containers do so, would triple the requests to the table.
 */
export const QUEUED: RateLimitPolicy = { priority: 'bulk', permitBatch: 3, allowPartial: false, maxWaitMs: 3_000 };

/** Slightly longer than the time until the worker's next run. */
const BACKLOG_MS = 5_000;

export type QueueRuntime = ReturnType<typeof createQueueRuntime>;

export function lazyQueueRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadQueueConfig, (config) => createQueueRuntime(config, telemetry, backgroundPlatform()));
}

export function createQueueRuntime(config: QueueConfig, telemetry: Telemetry, platform: Platform) {
  const needs = { ...platform, ...telemetry };
  const { metrics } = telemetry;
  const { now } = platform;
  const { hubspotApiBaseUrl } = config;
  const { table, lastSyncAt, cache, hubspot, resolver } = createOwnerResolution(config, telemetry, platform, QUEUED);
  const report: ReportFault = (message, error, fields) => reportFault(telemetry, message, error, fields);
  const decider = createDecideOwner(resolver);
  const planRecord = createPlanRecord(decider);
  const records = createCrmRecords(hubspot.send, hubspotApiBaseUrl, telemetry);
  const batches = createRecordBatches(hubspot.send, hubspotApiBaseUrl, metrics);
  const workLog = createWorkLog(table, now, platform.newId);
  const findHeldOwners = createFindHeldOwners(workLog);
  const readRecordOwners = createReadRecordOwners(batches, findHeldOwners);
  const readRecordOwner = createReadRecordOwner(records, findHeldOwners);
  const emailCipher = createEmailCipher(config.secrets);
  const queue = createExecutionQueue(config.assignQueueUrl, emailCipher, platform.fetch);
  const installUrl = installUrlOf(config);
  const { noteOutcome, writeAll: writeOutcomes } = createCountOutcomes({ outcomes: createOutcomeLog(table), ...needs });
  const { recordUnresolved } = createRecordUnresolved({ unresolved: createUnresolvedEmails(table, now), ...needs });
  const results = createRecordedResults({
    results: createQueuedResults(table, platform),
    noteOutcome,
    recordUnresolved,
  });
  const completeCallbacks = createCompleteCallbacks({
    callbacks: createWorkflowCallbacks(hubspot.send, hubspotApiBaseUrl),
    workLog,
    toOutputs: (portalId, result, asked) => renderOutputs(cache.findByOwnerId, portalId, result, asked, installUrl),
    ...needs,
  });
  const findByEmails = createEmailRows(table, lastSyncAt, platform);
  const ownerProperties = createOwnerProperties(hubspot.send, hubspotApiBaseUrl, metrics);
  const checkOwnerProperty = createCheckOwnerProperty({ ownerProperties, ...needs });
  const resolveExpired = createResolveExpired({
    checkOwnerProperty,
    readRecordOwners,
    readRecordOwner,
    planRecord,
    now,
    reportFault: report,
  });
  const withLaterBlocks = createWithLaterBlocks({ workLog, now });
  const processPortal = createProcessPortal({
    results,
    withLaterBlocks,
    prefetchOwners: (portalId, emails) => cache.prefetch(portalId, emails, findByEmails),
    resolveExpired,
    updateRecords: createUpdateRecords({
      batches,
      readRecordOwners,
      readRecordOwner,
      workLog,
      checkOwnerProperty,
      planRecord,
      setOwner: createSetOwner({ resolver, records, workLog, checkOwnerProperty, ...needs }),
      now,
    }),
    completeCallbacks,
    ensureConnected: hubspot.tokens.getToken,
    writeOutcomes,
    queuePermission: createQueuePermission(table, { now, findScopes: hubspot.findScopes }),
    noteBacklog: (portalId) => hubspot.rateLimiter.noteBacklog(portalId, BACKLOG_MS),
    requeueDelays: createRequeueDelays(needs),
    ...needs,
    reportAlarm: (message, error, fields) => reportAlarm(telemetry, message, error, fields),
  });
  return {
    now,
    emailCipher,
    processExecutions: createProcessExecutions({ processPortal, queue, reportFault: report, ...needs }),
    handleDeadLetters: createHandleDeadLetters({
      results,
      withLaterBlocks,
      resolveExpired,
      completeCallbacks,
      ensureConnected: hubspot.tokens.getToken,
      writeOutcomes,
      queue,
      reportFault: report,
      ...needs,
    }),
  };
}
