import { readDeadline } from '../lib/domain/deadline.ts';
import type { HttpEvent } from '../lib/http/http-event.ts';
import { createHttpHandler, requireSignature } from '../lib/http/middleware.ts';
import { answerPortal } from '../lib/http/portal/answer.ts';
import { mapPortalErrors } from '../lib/http/portal/errors.ts';
import { findRoute } from '../lib/http/portal/routes.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazyPortalPageRuntime, type PortalPageRuntime } from '../lib/runtime/portal-page-runtime.ts';

/** The size limit of `hubspot.fetch` (UI extensions, fetching data, read 2026-11-26). */
const MAX_BODY_BYTES = 1_000_000;
/** `hubspot.fetch` gives up after 15 seconds. */
const MAX_WORK_MS = 12_000;

/** `…/portal/…`: the backend of the settings page inside HubSpot. A request needs a v3 signature that includes the query. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<PortalPageRuntime>) {
  const routeOf = (event: HttpEvent) => findRoute(event).path;
  return createHttpHandler(telemetry)
    .use(mapPortalErrors(telemetry))
    .use(requireSignature(routeOf, runtime, telemetry, MAX_BODY_BYTES))
    .handler(async (event, context) => {
      const services = await runtime();
      const deadline = readDeadline(context, services.now(), { mostMs: MAX_WORK_MS });
      return answerPortal(services, telemetry.log, event, deadline);
    });
}

const telemetry = createTelemetry('portalPage');
export const handler = createHandler(telemetry, lazyPortalPageRuntime(telemetry));
