import type { SQSClient } from '@aws-sdk/client-sqs';
import { loadPortalPageConfig, type PortalPageConfig } from '../config/load-config.ts';
import { createEmailCipher } from '../crypto/email-cipher.ts';
import type { PortalId } from '../domain/ids.ts';
import { createSettingsUsers } from '../hubspot/api/settings-users.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createQueueClient } from '../queue/queue-clients.ts';
import { createSyncQueue } from '../queue/sync-queue.ts';
import { createAliases } from '../store/aliases.ts';
import { createChangeLog } from '../store/change-log.ts';
import { createHandovers } from '../store/handovers.ts';
import { createOverviewRows } from '../store/overview-rows.ts';
import { createEmailRows } from '../store/owner-cache.ts';
import { createPeople } from '../store/people.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createFindOwner } from '../use-cases/executions/find-owner.ts';
import { createReportNightly } from '../use-cases/handovers/report-nightly.ts';
import { createSetAlias } from '../use-cases/operator/set-alias.ts';
import { createSetSuccessor } from '../use-cases/operator/set-successor.ts';
import { createChangeHandover } from '../use-cases/page/change-handover.ts';
import { createChangeOnce } from '../use-cases/page/change-once.ts';
import { createListHandovers } from '../use-cases/page/list-handovers.ts';
import { createListPeople } from '../use-cases/page/list-people.ts';
import { createListUnresolved } from '../use-cases/page/list-unresolved.ts';
import { createMakeChange } from '../use-cases/page/make-change.ts';
import { createProveAdmin } from '../use-cases/page/prove-admin.ts';
import { createShowOverview } from '../use-cases/page/show-overview.ts';
import { installUrlOf } from './action-runtime.ts';
import { wireHandoverControl } from './handover-control.ts';
import { INTERACTIVE } from './hubspot.ts';
import { createOwnerResolution } from './owner-resolution.ts';
import { fromEnvironment, type Platform, pagePlatform } from './platform.ts';

export type PortalPageRuntime = ReturnType<typeof createPortalPageRuntime>;

export function lazyPortalPageRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadPortalPageConfig, (config) =>
    createPortalPageRuntime(config, telemetry, pagePlatform(), createQueueClient()),
  );
}

export function createPortalPageRuntime(
  config: PortalPageConfig,
  telemetry: Telemetry,
  platform: Platform,
  sqs: SQSClient,
) {
  const needs = { ...platform, ...telemetry };
  const { now, newId } = platform;
  const { publicBaseUrl, secrets, hubspotApiBaseUrl, staticTokens } = config;
  const owners = createOwnerResolution(config, telemetry, platform, INTERACTIVE);
  const { table, state, lastSyncAt, cache, hubspot, plainResolver, successors, resolver } = owners;
  const { send, installs } = hubspot;
  const ensureConnected = hubspot.tokens.getToken;
  const aliases = createAliases(table);
  const people = createPeople(table, platform);
  const unresolved = createUnresolvedEmails(table, now);
  const changes = createChangeLog(table, now);
  const queue = createSyncQueue(sqs, config.refreshQueueUrl);
  const handovers = wireHandoverControl(owners, queue, platform, 'admin');
  const proveAdmin = createProveAdmin({ settingsUsers: createSettingsUsers(send, hubspotApiBaseUrl), ...needs });
  return {
    now,
    // The page is younger than v3, so it always has a v3 signature.
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2: false },
    installUrl: installUrlOf(config),
    refreshHourUtc: config.refreshHourUtc,
    cursorCipher: createEmailCipher(secrets),
    ensureConnected,
    findKnownOwner: cache.findByOwnerId,
    findOwner: createFindOwner(resolver),
    people,
    listAliases: aliases.list,
    listChanges: changes.list,
    proveAdmin,
    showOverview: createShowOverview({
      auth: installs === undefined ? 'static' : 'oauth',
      isStatic: (portalId: PortalId) => staticTokens.has(portalId),
      rows: createOverviewRows(table, platform),
      unresolved,
      reportNightly: createReportNightly({ handovers: createHandovers(table, now, newId), now }),
      proveAdmin,
      now,
    }),
    listUnresolved: createListUnresolved({
      readReport: async (portalId) => (await state.readState(portalId)).report,
      unresolved,
      findByEmails: createEmailRows(table, lastSyncAt, platform),
      aliases,
      people,
    }),
    listPeople: createListPeople({ people, aliases }),
    listHandovers: createListHandovers({ control: handovers, people }),
    changeHandover: createChangeHandover(handovers),
    changeOnce: createChangeOnce({ changes, ...needs }),
    makeChange: createMakeChange({
      setSuccessor: createSetSuccessor({ resolver: plainResolver, successors, ensureConnected, ...needs }),
      setAlias: createSetAlias({ resolver: plainResolver, aliases, ensureConnected, ...needs }),
      aliases,
      successors,
      queue,
      ...needs,
    }),
  };
}
