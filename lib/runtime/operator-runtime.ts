import { loadOperatorConfig, type OperatorConfig } from '../config/load-config.ts';
import type { Deadline } from '../domain/deadline.ts';
import type { PortalId } from '../domain/ids.ts';
import { accountDetails } from '../hubspot/account.ts';
import { createSettingsUsers } from '../hubspot/api/settings-users.ts';
import { createUsersApi } from '../hubspot/api/users.ts';
import { createOAuthApp } from '../hubspot/oauth.ts';
import { createStaticPortals } from '../hubspot/static-tokens.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createAliases } from '../store/aliases.ts';
import { createChangeLog } from '../store/change-log.ts';
import { createHandovers } from '../store/handovers.ts';
import { createFindListedOwner } from '../store/owner-sync.ts';
import { createPortalData } from '../store/portal-data.ts';
import { createPortals } from '../store/portals.ts';
import { createFindOwner } from '../use-cases/executions/find-owner.ts';
import { createIdentifyNumber } from '../use-cases/executions/identify-number.ts';
import { createReportNightly } from '../use-cases/handovers/report-nightly.ts';
import { createExplainOwner } from '../use-cases/operator/explain-owner.ts';
import { createFindOwnerElsewhere, createIdentifyLive } from '../use-cases/operator/identify.ts';
import { createReadReport } from '../use-cases/operator/read-report.ts';
import { createResolveOwners } from '../use-cases/operator/resolve-owners.ts';
import { createSetAlias } from '../use-cases/operator/set-alias.ts';
import { createSetSuccessor } from '../use-cases/operator/set-successor.ts';
import { createDeletePortal } from '../use-cases/portals/delete-portal.ts';
import { createPurgePortal } from '../use-cases/portals/purge-portal.ts';
import { INTERACTIVE } from './hubspot.ts';
import { createOwnerResolution } from './owner-resolution.ts';
import { backgroundPlatform, fromEnvironment, type Platform } from './platform.ts';

export type OperatorRuntime = ReturnType<typeof createOperatorRuntime>;

export function lazyOperatorRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadOperatorConfig, (config) =>
    createOperatorRuntime(config, telemetry, backgroundPlatform()),
  );
}

export function createOperatorRuntime(config: OperatorConfig, telemetry: Telemetry, platform: Platform) {
  const needs = { ...platform, ...telemetry };
  const { now, newId } = platform;
  const { hubspotApiBaseUrl } = config;
  const { table, state, cache, hubspot, ownersApi, plainResolver, resolver, successors } = createOwnerResolution(
    config,
    telemetry,
    platform,
    INTERACTIVE,
  );
  const { send, installs } = hubspot;
  const ensureConnected = hubspot.tokens.getToken;
  const portals = createPortals(table, now, platform);
  const installed = installs && portals;
  const aliases = createAliases(table);
  const { note: noteChange } = createChangeLog(table, now);
  const purge = createPurgePortal({ data: createPortalData(table), portals: installed, now });
  const findOwner = createFindOwner(resolver);
  const tryToken = (portalId: PortalId, deadline: Deadline) =>
    send(portalId, accountDetails(hubspotApiBaseUrl), deadline);
  return {
    now,
    findKnownOwner: cache.findByOwnerId,
    setSuccessor: createSetSuccessor({ resolver: plainResolver, successors, ensureConnected, noteChange, ...needs }),
    setAlias: createSetAlias({ resolver: plainResolver, aliases, ensureConnected, noteChange, ...needs }),
    forgetPortal: createDeletePortal({
      purge,
      ...needs,
      ...(installs === undefined
        ? { tryToken, leftovers: portals }
        : { installs: { ...installs, portals, oauth: createOAuthApp(installs.oauthApp) } }),
    }),
    resolveOwners: createResolveOwners({ findOwner, ensureConnected }),
    readReport: createReadReport({ findReport: async (portalId) => (await state.readState(portalId)).report, cache }),
    reportNightly: createReportNightly({ handovers: createHandovers(table, now, newId), now }),
    explainOwner: createExplainOwner({
      identifyKnown: createIdentifyNumber(cache),
      identifyLive: createIdentifyLive({ ownersApi, users: createUsersApi(send, hubspotApiBaseUrl) }),
      findElsewhere: createFindOwnerElsewhere({
        portals: installed ?? createStaticPortals(config.staticTokens),
        cache,
      }),
      resolver: plainResolver,
      now,
      findOwner,
      findListed: createFindListedOwner(table),
      settingsUsers: createSettingsUsers(send, hubspotApiBaseUrl),
      ensureConnected,
    }),
  };
}
