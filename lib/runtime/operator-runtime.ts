import { loadOperatorConfig, type OperatorConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { createSettingsUsers } from '../hubspot/settings-users.ts';
import { createCrmUserPages } from '../hubspot/users.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createListedOwners } from '../store/listed-owners.ts';
import { createPortalData } from '../store/portal-data.ts';
import { createExplainOwner } from '../use-cases/explain-owner.ts';
import { createFindOwner } from '../use-cases/find-owner.ts';
import { createFindOwnerElsewhere } from '../use-cases/find-owner-elsewhere.ts';
import { createForgetPortal } from '../use-cases/forget-portal.ts';
import { createIdentifyLive } from '../use-cases/identify-live.ts';
import { createIdentifyNumber } from '../use-cases/identify-number.ts';
import { createPurgePortal } from '../use-cases/purge-portal.ts';
import { createResolveOwners } from '../use-cases/resolve-owners.ts';
import { createSetSuccessor } from '../use-cases/set-successor.ts';
import { INTERACTIVE } from './hubspot.ts';
import { lazy } from './lazy.ts';
import { createResolving } from './resolving.ts';
import { patientWorld, type World } from './world.ts';

export type OperatorRuntime = ReturnType<typeof createOperatorRuntime>;

/** Starts the runtime of a function that operators invoke from its environment, once per container. */
export function lazyOperatorRuntime(telemetry: Telemetry): () => Promise<OperatorRuntime> {
  return lazy(async () =>
    createOperatorRuntime(await loadOperatorConfig(process.env, readSsmSecrets), telemetry, patientWorld()),
  );
}

/** Wires the functions that operators invoke: configuration → clients → adapters → use cases. */
export function createOperatorRuntime(config: OperatorConfig, telemetry: Telemetry, world: World) {
  const { log } = telemetry;
  const { now } = world;
  const { hubspotApiBaseUrl } = config;
  const { table, state, cache, hubspot, directory, plainResolver, resolver, successors } = createResolving(
    config,
    telemetry,
    world,
    INTERACTIVE,
  );
  const { send, tokens, portals, installs } = hubspot;
  const purge = createPurgePortal({
    data: createPortalData(table),
    now,
    ...(installs !== undefined && { portals: installs.portals }),
  });
  const findOwner = createFindOwner(resolver);
  return {
    now,
    findKnownOwner: cache.findByOwnerId,
    setSuccessor: createSetSuccessor({ resolver: plainResolver, successors, tokens, now, log }),
    forgetPortal: createForgetPortal({ purge, now, log, ...(installs !== undefined && { installs }) }),
    resolveOwners: createResolveOwners({ findOwner, tokens }),
    readReport: async (portalId: Parameters<typeof state.readState>[0]) => (await state.readState(portalId)).report,
    explainOwner: createExplainOwner({
      identifyKnown: createIdentifyNumber(cache),
      identifyLive: createIdentifyLive({ directory, users: createCrmUserPages(send, hubspotApiBaseUrl) }),
      findElsewhere: createFindOwnerElsewhere({ portals, cache }),
      resolver: plainResolver,
      now,
      findOwner,
      listed: createListedOwners(table),
      settingsUsers: createSettingsUsers(send, hubspotApiBaseUrl),
      tokens,
    }),
  };
}
