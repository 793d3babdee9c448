import { type Config, loadConfig } from '../config/load-config.ts';
import { INSTALL_ROUTE } from '../domain/app-urls.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { RateLimitPolicy } from '../hubspot/rate-limiter.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createExecutionLedger } from '../store/execution-ledger.ts';
import { createOutcomeLog } from '../store/outcome-counts.ts';
import { createSignatureVersions } from '../store/signature-versions.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createWorkLog } from '../store/work-log.ts';
import { createCountOutcomes } from '../use-cases/executions/count-outcomes.ts';
import { createFindOwner } from '../use-cases/executions/find-owner.ts';
import { createRecordUnresolved } from '../use-cases/executions/record-unresolved.ts';
import { createRunOnce } from '../use-cases/executions/run-once.ts';
import { INTERACTIVE } from './hubspot.ts';
import { createOwnerResolution } from './owner-resolution.ts';
import { fromEnvironment, livePlatform, type Platform } from './platform.ts';

export type FindOwnerRuntime = ReturnType<typeof createFindOwnerRuntime>;

export function lazyFindOwnerRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadConfig, (config) => createFindOwnerRuntime(config, telemetry, livePlatform()));
}

export function createFindOwnerRuntime(config: Config, telemetry: Telemetry, platform: Platform) {
  const { answering, recordingUnresolved, resolver } = createActionServices(config, telemetry, platform, INTERACTIVE);
  return { ...answering, findOwner: recordingUnresolved(createFindOwner(resolver)) };
}

/** What both actions need: the signature check, the ledger, and the owner of an email. */
export function createActionServices(
  config: Config,
  telemetry: Telemetry,
  platform: Platform,
  policy: RateLimitPolicy,
) {
  const needs = { ...platform, ...telemetry };
  const { now, newId } = platform;
  const { table, cache, hubspot, resolver } = createOwnerResolution(config, telemetry, platform, policy);
  const { recordingUnresolved } = createRecordUnresolved({ unresolved: createUnresolvedEmails(table, now), ...needs });
  const { noteOutcome, writeDue } = createCountOutcomes({ outcomes: createOutcomeLog(table), ...needs });
  const workLog = createWorkLog(table, now, newId);
  const { publicBaseUrl, secrets, allowSignatureV2 } = config;
  const answering = {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now,
    signatures: createSignatureVersions(table, { isConnected: hubspot.isConnected, ...needs }),
    async countOutcome(portalId: PortalId, result: ActionResult) {
      noteOutcome(portalId, result);
      await writeDue();
    },
    findKnownOwner: cache.findByOwnerId,
    installUrl: installUrlOf(config),
    runOnce: createRunOnce({ ledger: createExecutionLedger(table, now), workLog, ...needs }),
  };
  return { answering, recordingUnresolved, table, workLog, hubspot, resolver };
}

/** Empty with a static token, because nobody installs it. */
export function installUrlOf({ oauth, publicBaseUrl }: Pick<Config, 'oauth' | 'publicBaseUrl'>): string {
  return oauth === undefined ? '' : `${publicBaseUrl}${INSTALL_ROUTE}`;
}
