import { tellResult } from '../action/tell-result.ts';
import { type AssignConfig, loadAssignConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { createEmailSeal } from '../crypto/email-seal.ts';
import type { ReportFault } from '../domain/ports.ts';
import { createWorkflowCallbacks } from '../hubspot/callbacks.ts';
import type { PermitPolicy } from '../hubspot/permits.ts';
import { createOwnerProperties } from '../hubspot/properties.ts';
import { createRecordBatches } from '../hubspot/record-batches.ts';
import { createCrmRecords } from '../hubspot/records.ts';
import { countFault, reportFault } from '../observability/count-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createAssignQueue } from '../queue/assign-queue.ts';
import { createEmailRows } from '../store/email-rows.ts';
import { createQueueConsent } from '../store/queue-consent.ts';
import { createQueuedResults } from '../store/queued-results.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createWorkLog } from '../store/work-log.ts';
import { createAssignQueued } from '../use-cases/assign-queued.ts';
import { createAssignRecords } from '../use-cases/assign-records.ts';
import { createCheckOwnerProperty } from '../use-cases/check-owner-property.ts';
import { createCompleteCallbacks } from '../use-cases/complete-callbacks.ts';
import { createDecideOwner } from '../use-cases/decide-owner.ts';
import { createEndStranded } from '../use-cases/end-stranded.ts';
import { createEndedCallbacks } from '../use-cases/ended-callbacks.ts';
import { createFindStanding, createReadHeldOwners } from '../use-cases/held-owners.ts';
import { createJudgeEnded } from '../use-cases/judge-ended.ts';
import { createNoteUnresolved } from '../use-cases/note-unresolved.ts';
import { createPlanRecord } from '../use-cases/plan-record.ts';
import { createSetOwner } from '../use-cases/set-owner.ts';
import { createToDelayed } from '../use-cases/to-delayed.ts';
import { createWorkOff } from '../use-cases/work-off.ts';
import { installUrlOf } from './action-runtime.ts';
import { lazy } from './lazy.ts';
import { createResolving } from './resolving.ts';
import { findScopesWith } from './scopes.ts';
import { patientWorld, type World } from './world.ts';

/**
 * Behind a queue, but other portals' executions wait behind these: what has no permit soon goes back. A batch needs three calls,
 * to read its owners, to write them and to complete its callbacks; to ask for them one by one while five containers do would
 * triple the asking.
 */
const QUEUED: PermitPolicy = { priority: 'bulk', blockSize: 3, splitsBlocks: false, patienceMs: 3_000 };

/** As long as it takes the worker to come by again, and a little more. */
const BACKLOG_MS = 5_000;

export type AssignRuntime = ReturnType<typeof createAssignRuntime>;

/** Starts the runtime of a function behind the queue from its environment, once per container. */
export function lazyAssignRuntime(telemetry: Telemetry): () => Promise<AssignRuntime> {
  return lazy(async () =>
    createAssignRuntime(await loadAssignConfig(process.env, readSsmSecrets), telemetry, patientWorld()),
  );
}

/** Wires the functions behind the queue: configuration → clients → adapters → use cases. */
export function createAssignRuntime(config: AssignConfig, telemetry: Telemetry, world: World) {
  const { log, metrics } = telemetry;
  const { now, sleep, random } = world;
  const { hubspotApiBaseUrl } = config;
  const { table, lastSweepAt, cache, hubspot, resolver } = createResolving(config, telemetry, world, QUEUED);
  const report: ReportFault = (message, error, fields) => reportFault(telemetry, message, error, fields);
  const decider = createDecideOwner(resolver);
  const planRecord = createPlanRecord(decider);
  const records = createCrmRecords(hubspot.send, hubspotApiBaseUrl, { log, metrics });
  const batches = createRecordBatches(hubspot.send, hubspotApiBaseUrl, metrics);
  const results = createQueuedResults(table, { now, sleep, random });
  const workLog = createWorkLog(table, now, world.newId);
  const readHeldOwners = createReadHeldOwners(batches, createFindStanding(workLog));
  const seal = createEmailSeal(config.secrets);
  const queue = createAssignQueue(config.assignQueueUrl, seal, world.fetch);
  const installUrl = installUrlOf(config);
  const completeCallbacks = createCompleteCallbacks({
    callbacks: createWorkflowCallbacks(hubspot.send, hubspotApiBaseUrl),
    ended: createEndedCallbacks({ workLog, metrics, log }),
    toOutputs: (portalId, result, asked) => tellResult(cache.findByOwnerId, portalId, result, asked, installUrl),
    now,
    log,
  });
  const judgeEnded = createJudgeEnded({ readHeldOwners, planRecord, now, reportFault: report });
  const findByEmails = createEmailRows(table, lastSweepAt, { sleep, random });
  const ownerProperties = createOwnerProperties(hubspot.send, hubspotApiBaseUrl, metrics);
  const checkOwnerProperty = createCheckOwnerProperty({ ownerProperties, now, sleep, log });
  const assignQueued = createAssignQueued({
    results,
    prepareOwners: (portalId, emails) => cache.prepare(portalId, emails, findByEmails),
    judgeEnded,
    assignRecords: createAssignRecords({
      batches,
      readHeldOwners,
      workLog,
      checkOwnerProperty,
      planRecord,
      setOwner: createSetOwner({ resolver, records, workLog, checkOwnerProperty }),
    }),
    completeCallbacks,
    ensureConnected: hubspot.tokens.getToken,
    noteInVain: createNoteUnresolved({ unresolved: createUnresolvedEmails(table, now), now, log }).noteInVain,
    consent: createQueueConsent(table, { now, findScopes: findScopesWith(hubspot) }),
    noteBacklog: (portalId) => hubspot.permits.noteBacklog(portalId, BACKLOG_MS),
    toDelayed: createToDelayed({ now, random, metrics }),
    now,
    metrics,
    log,
    countFault: (error) => countFault(metrics, error),
  });
  return {
    now,
    seal,
    workOff: createWorkOff({ assignQueued, queue, log, reportFault: report }),
    endStranded: createEndStranded({
      results,
      judgeEnded,
      completeCallbacks,
      ensureConnected: hubspot.tokens.getToken,
      queue,
      now,
      metrics,
      log,
      reportFault: report,
    }),
  };
}
