import * as z from 'zod/mini';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent, portalIdField } from '../lib/operator/event.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';

const request = z.strictObject({ portalId: portalIdField() }, 'the event may hold portalId only');
/** Reserved for the answer. */
const MARGIN_MS = 5_000;

/** By invoke only: uninstalls the app from a portal and deletes all of its rows. Cannot be undone. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  const parse = (event: unknown) => parseEvent(request, event);
  const options = { telemetry, runtime, parse, timeForWork: { marginMs: MARGIN_MS } };
  return createOperatorHandler(options, ({ forgetPortal }, { portalId }, deadline) => forgetPortal(portalId, deadline));
}

const telemetry = createTelemetry('forgetPortal');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
