import { OWNER_PROPERTIES_ROUTE } from '../lib/action/definition.ts';
import { bodyBytes } from '../lib/http/http-event.ts';
import { createSignedHandler, refuseDowngrade } from '../lib/http/middleware.ts';
import { decodeCursor, encodeCursor, parseOptionsRequest } from '../lib/http/options-request.ts';
import { json } from '../lib/http/respond.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazyOptionsRuntime, type OptionsRuntime } from '../lib/runtime/options-runtime.ts';

/**
 * `POST /options/owner-properties`: the options of the action's owner property in the workflow editor, in HubSpot's format
 * (custom workflow actions guide, external options, read 2026-11-23).
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OptionsRuntime>) {
  return createSignedHandler(telemetry, OWNER_PROPERTIES_ROUTE, runtime).handler(async (event) => {
    const { signaturePolicy, signatures, listOwnerProperties } = await runtime();
    const { secrets } = signaturePolicy;
    const request = parseOptionsRequest(bodyBytes(event));
    await refuseDowngrade(event, request.portalId, signatures, telemetry);
    const after = request.after === undefined ? undefined : decodeCursor(request.after, request, secrets);
    const { options, last, from } = await listOwnerProperties({ ...request, after });
    const { portalId, objectType } = request;
    telemetry.metrics.count('OwnerPropertiesListed', { source: from });
    telemetry.log.info('owner properties listed', { portalId, objectType, options: options.length, from });
    return json(200, {
      options: options.map(({ name, label, description }) => ({ label, value: name, description })),
      ...(last !== undefined && { after: encodeCursor(last, request, secrets) }),
      searchable: true,
    });
  });
}

const telemetry = createTelemetry('listOwnerProperties');
export const handler = createHandler(telemetry, lazyOptionsRuntime(telemetry));
